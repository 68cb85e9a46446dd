package com.omendb.store.checkpoint;

import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.store.directory.Manifest.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Writes numbers to a file from its first byte to its last, through one buffer, and sums them up
/// on the way. Little-endian. Not thread-safe.
public final class CheckpointWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final StorageFile file;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long length;

  /// Creates the file.
  public CheckpointWriter(FileTarget target) throws IOException {
    file = target.create();
  }

  /// Appends an int.
  public void putInt(int value) throws IOException {
    reserve(Integer.BYTES);
    buffer.putInt(value);
  }

  /// Appends a long.
  public void putLong(long value) throws IOException {
    reserve(Long.BYTES);
    buffer.putLong(value);
  }

  private void reserve(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    crc.update(buffer);
    buffer.rewind();
    int bytes = buffer.remaining();
    file.writeFully(buffer, length);
    length += bytes;
    buffer.clear();
  }

  /// Writes what is left and forces the file to the device.
  ///
  /// @return its length and checksum
  public FileEntry finish() throws IOException {
    flush();
    file.force();
    return new FileEntry(length, (int) crc.getValue());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
