package com.omendb.store;

import com.omendb.errors.DiskSpaceException;
import com.omendb.pagecache.memory.SpoolFile;
import com.omendb.pagecache.storage.DiskSpace;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The vectors of a [RowReader], in a file without a name on the volume of the index.
///
/// @param vectors a view of the mapped file; the operating system keeps in memory only the part in
///   use
/// @param ids one id for each row
record SpooledRows(VectorSource vectors, VectorIds ids) {
  private static final int PROGRESS_STEP = 1024;
  private static final int ROWS_PER_LOOK = 1 << 16;

  /// Reads all vectors.
  ///
  /// @param directory of the index to build
  /// @param arena owns the mapping of the file
  /// @throws DiskSpaceException if they have no room
  /// @throws IllegalArgumentException if there are none
  static SpooledRows of(RowReader rows, Path directory, Progress progress, Arena arena)
      throws IOException {
    long vectorBytes = rows.elementType().vectorBytes(rows.dimension());
    progress.phase("read vectors", 0);
    long[] ids = new long[0];
    boolean own = false;
    long count = 0;
    try (SpoolFile spool = SpoolFile.create(existing(directory));
        Arena scratch = Arena.ofConfined()) {
      MemorySegment row = scratch.allocate(vectorBytes, Long.BYTES);
      while (rows.next(row)) {
        if (count % ROWS_PER_LOOK == 0) {
          DiskSpace.require(directory, ROWS_PER_LOOK * vectorBytes);
        }
        long id = rows.id(count);
        if (!own && id != count) {
          own = true;
          ids = new long[Math.toIntExact(Math.max(64, 2 * count))];
          for (int i = 0; i < count; i++) {
            ids[i] = i;
          }
        }
        if (own) {
          if (count == ids.length) {
            ids = Arrays.copyOf(ids, Math.toIntExact(2 * count));
          }
          ids[(int) count] = id;
        }
        spool.add(row);
        count++;
        if (count % PROGRESS_STEP == 0) {
          progress.advance(PROGRESS_STEP);
        }
      }
      progress.advance(count % PROGRESS_STEP);
      if (count == 0) {
        throw new IllegalArgumentException("an index holds at least one vector: count=0");
      }
      return new SpooledRows(
          VectorSource.dense(spool.map(arena), count, rows.dimension(), rows.elementType()),
          own ? VectorIds.of(Arrays.copyOf(ids, (int) count)) : VectorIds.rows());
    }
  }

  // The folder that is there, on the volume of one that need not be.
  private static Path existing(Path directory) {
    Path folder = directory.toAbsolutePath().normalize();
    while (!Files.isDirectory(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }
}
