package com.omendb.pagecache.read;

import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.log.LogCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/// Reads by copying out of a mapping of the whole file.
///
/// A file that shrinks, or a device that fails, makes the kernel signal the thread that touches the
/// mapping; the JVM turns that into an [InternalError] thrown at the access or soon after. Here it
/// becomes an [IOException].
final class MappedSource implements PageSource {
  private final Path path;

  // Neither its length nor the mapping are harmed by interrupts, as a channel would be.
  private final RandomAccessFile file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment mapping;

  /// @throws IOException when the file cannot be opened or mapped
  MappedSource(Path path) throws IOException {
    this.path = path;
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IOException("only files of the system's own file system are mapped: path=" + path);
    }
    file = new RandomAccessFile(path.toFile(), "r");
    boolean mapped = false;
    try {
      mapping = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, file.length(), arena);
      mapped = true;
    } finally {
      if (!mapped) {
        arena.close();
        file.close();
      }
    }
    if (LinuxCalls.unavailableReason() == null) {
      try {
        LinuxCalls.adviseRandom(mapping);
      } catch (IOException e) {
        LogCode.MAPPING_READS_AHEAD.log(e);
      }
    }
  }

  @Override
  public void read(MemorySegment target, long offset) throws IOException {
    long bytes = target.byteSize();
    try {
      long mapped = Math.clamp(mapping.byteSize() - offset, 0, bytes);
      MemorySegment.copy(mapping, offset, target, 0, mapped);
      // Checked only now: this finds a file that shrank before or during the copy. The JVM also
      // throws a pending fault of the copy at the latest when this call returns to Java.
      requireLength(offset, bytes, mapped);
    } catch (InternalError e) {
      requireLength(offset, bytes, bytes);
      throw new IOException(
          "a mapped page could not be read: path=%s, offset=%d".formatted(path, offset), e);
    }
  }

  private void requireLength(long offset, long bytes, long mapped) throws IOException {
    long there = Math.clamp(file.length() - offset, 0, mapped);
    if (there < bytes) {
      throw new ShortReadException(path, offset, bytes, there);
    }
  }

  @Override
  public boolean survivesInterrupts() {
    return true;
  }

  @Override
  public void close() throws IOException {
    arena.close();
    file.close();
  }
}
