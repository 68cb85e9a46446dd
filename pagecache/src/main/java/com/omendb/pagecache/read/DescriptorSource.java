package com.omendb.pagecache.read;

import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.memory.AlignedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Reads through a file descriptor of Linux, which interrupts do not close.
final class DescriptorSource implements PageSource {
  private final int descriptor;
  private final Path path;
  private final boolean direct;

  DescriptorSource(Path path, boolean direct) throws IOException {
    this.path = path;
    this.direct = direct;
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
      done += count;
      if (isAtEnd(count, done, target.byteSize(), direct)) {
        throw new ShortReadException(path, offset, target.byteSize(), done);
      }
    }
  }

  /// Whether a read tells that the file ends before the page does. A direct read stops within a
  /// block only there, and going on within one would be refused.
  ///
  /// @param count bytes that the last read brought
  /// @param done bytes that all reads of the page brought
  static boolean isAtEnd(long count, long done, long pageBytes, boolean direct) {
    return count == 0 || (direct && done < pageBytes && done % AlignedMemory.DIRECT_ALIGNMENT != 0);
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
