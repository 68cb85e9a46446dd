package com.omendb.pagecache;

import com.omendb.pagecache.linux.LinuxCalls;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Reads through a file descriptor of Linux, which interrupts do not close.
final class DescriptorSource implements PageSource {
  private final int descriptor;
  private final Path path;

  DescriptorSource(Path path, boolean direct) throws IOException {
    this.path = path;
    descriptor = LinuxCalls.openForReading(path, direct);
  }

  int descriptor() {
    return descriptor;
  }

  @Override
  public void read(MemorySegment target, long offset) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long count = LinuxCalls.pread(descriptor, target.asSlice(done), offset + done);
      if (count == 0) {
        throw endOfFile(path, offset, target.byteSize(), done);
      }
      done += count;
    }
  }

  static EOFException endOfFile(Path path, long offset, long expected, long actual) {
    return new EOFException(
        "the file ends within a page: path=%s, offset=%d, expected=%d, actual=%d"
            .formatted(path, offset, expected, actual));
  }

  @Override
  public boolean survivesInterrupts() {
    return true;
  }

  @Override
  public void close() throws IOException {
    LinuxCalls.close(descriptor);
  }
}
