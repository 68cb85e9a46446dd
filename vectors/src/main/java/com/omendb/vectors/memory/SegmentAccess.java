package com.omendb.vectors.memory;

import java.lang.foreign.MemorySegment;

/// Checks that memory of a caller may be read, before anybody reads it by its address. Stateless.
public final class SegmentAccess {
  private SegmentAccess() {}

  /// Checks that memory is open and that the calling thread may read it.
  ///
  /// @param what what lies in it, for the message
  /// @throws IllegalArgumentException if not
  public static void requireReadable(MemorySegment segment, String what) {
    if (!segment.scope().isAlive()) {
      throw new IllegalArgumentException(
          what + " lies in memory whose arena was closed: bytes=" + segment.byteSize());
    }
    Thread thread = Thread.currentThread();
    if (!segment.isAccessibleBy(thread)) {
      throw new IllegalArgumentException(
          what + " lies in a confined arena of another thread: thread=" + thread.getName());
    }
  }

  /// Whether only one thread may read the memory.
  public static boolean isConfined(MemorySegment segment) {
    return !segment.isAccessibleBy(new Thread(() -> {}));
  }

  /// The native memory of a confined arena, for all threads to read while its owner waits for them.
  public static MemorySegment forAllThreads(MemorySegment confined) {
    return NativeMemory.ALL.asSlice(confined.address(), confined.byteSize()).asReadOnly();
  }
}
