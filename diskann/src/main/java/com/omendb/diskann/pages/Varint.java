package com.omendb.diskann.pages;

import com.omendb.vectors.memory.NativeMemory;

/// Unsigned LEB128 numbers: seven bits a byte, low bits first, the top bit set on all but the last
/// byte.
final class Varint {
  /// Bytes of the longest int.
  static final int MAX_INT_BYTES = 5;

  /// Bytes of the longest non-negative long.
  static final int MAX_LONG_BYTES = 9;

  private Varint() {}

  /// Writes a non-negative number at a native address; returns the address behind it.
  static long write(long address, long value) {
    long at = address;
    long rest = value;
    while (rest >= 0x80) {
      NativeMemory.ALL.set(NativeMemory.BYTE, at++, (byte) (rest | 0x80));
      rest >>>= 7;
    }
    NativeMemory.ALL.set(NativeMemory.BYTE, at++, (byte) rest);
    return at;
  }

  /// Bytes of a non-negative number.
  static int bytes(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }
}
