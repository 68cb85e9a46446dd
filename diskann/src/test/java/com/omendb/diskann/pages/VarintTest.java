package com.omendb.diskann.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Invariants: what is written reads back, takes the bytes that `bytes` says, no more than the
/// documented maximum, and only its last byte has a clear top bit.
class VarintTest {

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "300, ac02",
    "16383, ff7f",
    "16384, 808001",
    "2147483647, ffffffff07",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void writesTheDocumentedBytes(long value, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(written(value)));
  }

  @Test
  void everyNonNegativeNumberRoundTrips() {
    SplittableRandom random = Seeds.random("everyNonNegativeNumberRoundTrips", 1);
    for (int bits = 0; bits < 63; bits++) {
      for (long value : new long[] {1L << bits, (1L << bits) - 1, random.nextLong(1L << bits)}) {
        byte[] bytes = written(value);
        assertEquals(value, read(bytes), "value=" + value);
        assertEquals(bytes.length, Varint.bytes(value), "value=" + value);
        int most = value <= Integer.MAX_VALUE ? Varint.MAX_INT_BYTES : Varint.MAX_LONG_BYTES;
        assertTrue(bytes.length <= most, "value=" + value);
      }
    }
  }

  private static byte[] written(long value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(16);
      long end = Varint.write(memory.address() + 1, value);
      return memory.asSlice(1, end - memory.address() - 1).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static long read(byte[] bytes) {
    long value = 0;
    for (int i = 0; i < bytes.length; i++) {
      assertEquals(i < bytes.length - 1, bytes[i] < 0, "only the last byte ends the number");
      value |= (bytes[i] & 0x7fL) << (7 * i);
    }
    return value;
  }
}
