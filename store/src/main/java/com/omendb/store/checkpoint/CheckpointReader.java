package com.omendb.store.checkpoint;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads what a [CheckpointWriter] wrote, in the same order. Checksums were compared before. Not
/// thread-safe.
public final class CheckpointReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final StorageFile file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long position;

  /// Opens the file.
  public CheckpointReader(FileTarget target) throws IOException {
    path = target.path();
    file = target.storage().open(path);
  }

  /// The next int.
  public int getInt() throws IOException {
    require(Integer.BYTES);
    return buffer.getInt();
  }

  /// The next int, which must be 0 to `bound - 1`.
  ///
  /// @throws CorruptFileException if it is not
  public int getIndex(int bound) throws IOException {
    int value = getInt();
    if (value < 0 || value >= bound) {
      throw new CorruptFileException(
          "number out of range",
          path,
          position - buffer.remaining() - Integer.BYTES,
          "0 to " + (bound - 1),
          String.valueOf(value));
    }
    return value;
  }

  /// The next long.
  public long getLong() throws IOException {
    require(Long.BYTES);
    return buffer.getLong();
  }

  private void require(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    buffer.compact();
    while (buffer.position() < bytes) {
      int read = file.read(buffer, position);
      if (read < 0) {
        throw new CorruptFileException(
            "file ends early", path, position, bytes + " bytes", buffer.position() + " bytes");
      }
      position += read;
    }
    buffer.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
