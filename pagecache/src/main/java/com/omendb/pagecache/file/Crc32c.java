package com.omendb.pagecache.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.zip.CRC32C;

/// CRC-32C (Castagnoli) of memory of any kind and size.
public final class Crc32c {
  /// A buffer view holds less than 2 GiB, so larger memory is fed in steps.
  private static final long NATIVE_STEP_BYTES = 1L << 30;

  /// Castagnoli's polynomial, its lowest power in the highest bit.
  private static final int POLYNOMIAL = 0x82F63B78;

  /// x^8: what a byte of zeros multiplies by.
  private static final int BYTE_POWER = 1 << 23;

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

  /// The checksum of two ranges one behind the other, from the checksums of each: appending zeros
  /// to what a CRC was taken of multiplies its remainder by a power of x, modulo the polynomial.
  ///
  /// @param first checksum of the first range
  /// @param second checksum of the second
  /// @param secondBytes bytes of the second
  public static int combine(int first, int second, long secondBytes) {
    if (secondBytes < 0) {
      throw new IllegalArgumentException("secondBytes=" + secondBytes);
    }
    int product = first;
    int power = BYTE_POWER;
    for (long rest = secondBytes; rest > 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        product = multiply(product, power);
      }
      power = multiply(power, power);
    }
    return product ^ second;
  }

  // The product of two polynomials modulo that of the checksum, the highest bit being that of x^0.
  private static int multiply(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int rest = a; rest != 0; rest <<= 1) {
      if (rest < 0) {
        product ^= shifted;
      }
      shifted = (shifted >>> 1) ^ ((shifted & 1) != 0 ? POLYNOMIAL : 0);
    }
    return product;
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
