package com.omendb.vectors.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// All of native memory as one segment that is a constant to the compiler, and the little-endian
/// layouts that OmenDB's formats use.
///
/// Hot loops address memory through [#ALL] because a constant segment costs no bounds, liveness or
/// type check a load. The caller guarantees that the memory behind it is open and large enough;
/// everything outside the hot loops uses checked segments.
public final class NativeMemory {
  /// Native memory, addressed by absolute address.
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /// A little-endian float at any alignment.
  public static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A little-endian int at any alignment.
  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A little-endian short at any alignment.
  public static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A little-endian long at any alignment.
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A byte.
  public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private NativeMemory() {}
}
