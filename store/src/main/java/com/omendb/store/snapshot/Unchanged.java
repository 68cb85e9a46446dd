package com.omendb.store.snapshot;

import com.omendb.store.directory.Manifest;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Finds the files of an index that earlier archives hold.
///
/// Lengths and checksums say which files may be the same; all their bytes are compared, which also
/// shows that the archive can give them back.
final class Unchanged {
  private Unchanged() {}

  /// The snapshots that hold files of the index, by file name.
  ///
  /// @throws com.omendb.errors.CorruptFileException if an archive that may hold some is damaged
  static Map<String, UUID> find(SourceIndex index, List<Path> bases, Progress progress)
      throws IOException {
    Map<String, UUID> found = new HashMap<>();
    for (Path base : bases) {
      try (ArchiveReader reader = ArchiveReader.open(base)) {
        Map<String, SourceFile> candidates = candidates(index, reader.head(), found);
        if (candidates.isEmpty()) {
          progress.note("holds no unchanged file: " + base);
          continue;
        }
        progress.phase(
            "compare with base", candidates.values().stream().mapToLong(SourceFile::length).sum());
        UUID id = reader.head().snapshotId();
        reader.readAll(
            (name, _) -> {
              SourceFile file = candidates.get(name);
              return file == null
                  ? null
                  : new Comparison(file, () -> found.put(name, id), progress);
            });
      }
    }
    return found;
  }

  private static Map<String, SourceFile> candidates(
      SourceIndex index, ArchiveHead base, Map<String, UUID> found) {
    Map<String, SourceFile> candidates = new HashMap<>();
    for (SourceFile file : index.files()) {
      Manifest.@Nullable FileEntry held = base.manifest().files().get(file.name());
      if (base.holds(file.name()) && file.entry().equals(held) && !found.containsKey(file.name())) {
        candidates.put(file.name(), file);
      }
    }
    return candidates;
  }

  /// Compares the contents of a file with those in an archive.
  private static final class Comparison implements ArchiveReader.Sink {
    private final SourceFile file;
    private final Runnable same;
    private final Progress progress;
    private byte[] own = new byte[0];
    private long position;
    private boolean differs;

    Comparison(SourceFile file, Runnable same, Progress progress) {
      this.file = file;
      this.same = same;
      this.progress = progress;
    }

    @Override
    public void write(byte[] bytes, int count) throws IOException {
      if (own.length < count) {
        own = new byte[count];
      }
      file.read(position, own, count);
      position += count;
      differs |= !Arrays.equals(own, 0, count, bytes, 0, count);
      progress.advance(count);
    }

    @Override
    public void complete() {
      if (!differs) {
        same.run();
      }
    }

    @Override
    public void close() {}
  }
}
