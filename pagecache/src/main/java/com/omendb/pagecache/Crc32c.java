package com.omendb.pagecache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.zip.CRC32C;

/// CRC-32C (Castagnoli) of memory of any kind and size.
public final class Crc32c {
  /// A buffer view holds less than 2 GiB, so larger memory is fed in steps.
  private static final long NATIVE_STEP_BYTES = 1L << 30;

  private static final int HEAP_STEP_BYTES = 1 << 14;

  private Crc32c() {}

  /// The checksum of `bytes` bytes from `offset` on.
  ///
  /// @throws IndexOutOfBoundsException when the range is not within the segment
  public static int of(MemorySegment segment, long offset, long bytes) {
    Objects.checkFromIndexSize(offset, bytes, segment.byteSize());
    CRC32C crc = new CRC32C();
    update(crc, segment, offset, bytes);
    return (int) crc.getValue();
  }

  static void update(CRC32C crc, MemorySegment segment, long offset, long bytes) {
    if (segment.isNative()) {
      for (long done = 0; done < bytes; done += NATIVE_STEP_BYTES) {
        long step = Math.min(NATIVE_STEP_BYTES, bytes - done);
        crc.update(segment.asSlice(offset + done, step).asByteBuffer());
      }
      return;
    }
    byte[] copy = new byte[(int) Math.min(HEAP_STEP_BYTES, bytes)];
    for (long done = 0; done < bytes; done += copy.length) {
      int step = (int) Math.min(copy.length, bytes - done);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset + done, copy, 0, step);
      crc.update(copy, 0, step);
    }
  }
}
