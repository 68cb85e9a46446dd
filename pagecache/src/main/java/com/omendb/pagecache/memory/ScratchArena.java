package com.omendb.pagecache.memory;

import com.omendb.pagecache.linux.LinuxCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Memory of a job that may be larger than what the machine has: large allocations are mapped files
/// in a directory, deleted as soon as they are mapped so that nothing is left behind however the
/// job ends; small ones are native memory. A [ResidentLimit] bounds how much of the files is
/// resident.
///
/// Room on the disk is set aside at allocation: a full disk is an exception there, never a fault at
/// a later write. Shared and thread-safe like [Arena#ofShared]; the code that opens it closes it.
public final class ScratchArena implements Arena {
  private static final long MIN_FILE_BYTES = 1 << 20;
  private static final int ZEROS_BYTES = 1 << 20;

  private final Path directory;
  private final ResidentLimit limit;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> mapped = new ArrayList<>();

  /// An arena without memory.
  ///
  /// @param directory where its files are made; must exist
  /// @param limit watches over the files
  public ScratchArena(Path directory, ResidentLimit limit) {
    this.directory = directory;
    this.limit = limit;
  }

  /// Zeroed memory.
  ///
  /// @throws UncheckedIOException if there is no room on the disk
  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    if (byteSize < MIN_FILE_BYTES || byteAlignment > AlignedMemory.DIRECT_ALIGNMENT) {
      return arena.allocate(byteSize, byteAlignment);
    }
    try {
      MemorySegment segment = map(byteSize);
      synchronized (mapped) {
        mapped.add(segment);
      }
      limit.add(segment);
      return segment;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no scratch memory: " + e.getMessage() + ": bytes=" + byteSize, e);
    }
  }

  private MemorySegment map(long bytes) throws IOException {
    Path path = Files.createTempFile(directory, "scratch-", ".tmp");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (LinuxCalls.unavailableReason() != null || !LinuxCalls.reserve(path, bytes)) {
        writeZeros(channel, bytes);
      }
      return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    } finally {
      Files.delete(path);
    }
  }

  private static void writeZeros(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
    for (long at = 0; at < bytes; ) {
      zeros.clear().limit((int) Math.min(ZEROS_BYTES, bytes - at));
      at += channel.write(zeros, at);
    }
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    synchronized (mapped) {
      mapped.forEach(limit::remove);
      mapped.clear();
    }
    arena.close();
  }
}
