package com.omendb.vectors.testing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Native memory behind which nothing can be read: whoever reads past its end gets an
/// [InternalError] instead of whatever lies there, even through an address.
///
/// It is a mapped file that was cut short behind the memory. Not thread-safe.
public final class GuardedMemory implements AutoCloseable {
  private static final int SYSTEM_PAGE = 65_536;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /// Guarded memory for up to `capacity` bytes.
  ///
  /// @param folder where a file may be made
  public GuardedMemory(Path folder, long capacity) throws IOException {
    long bytes = (capacity + SYSTEM_PAGE - 1) / SYSTEM_PAGE * SYSTEM_PAGE;
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("guarded-" + System.nanoTime()),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes + SYSTEM_PAGE, arena);
      channel.truncate(bytes);
      memory = mapped.asSlice(0, bytes);
    }
  }

  /// Copies bytes to the very end of the memory.
  public MemorySegment place(byte[] bytes) {
    return place(bytes, 0, bytes.length);
  }

  /// Copies `length` bytes from `from` on to the very end of the memory.
  public MemorySegment place(byte[] bytes, int from, int length) {
    MemorySegment place = memory.asSlice(memory.byteSize() - length);
    MemorySegment.copy(MemorySegment.ofArray(bytes), from, place, 0, length);
    return place;
  }

  /// How many bytes fit.
  public long capacity() {
    return memory.byteSize();
  }

  @Override
  public void close() {
    arena.close();
  }
}
