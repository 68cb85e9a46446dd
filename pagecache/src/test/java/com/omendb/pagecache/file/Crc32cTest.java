package com.omendb.pagecache.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: the checksum is that of RFC 3720, of native and heap memory alike; checksums of
/// parts put together are the checksum of the whole, wherever it is cut.
class Crc32cTest {
  @Test
  void theCheckValueIsThatOfTheStandard() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertEquals(0xE3069283, Crc32c.of(MemorySegment.ofArray(digits), 0, digits.length));
  }

  @Test
  void checksumsOfPartsMakeThatOfTheWhole() {
    SplittableRandom random = Seeds.random("checksumsOfPartsMakeThatOfTheWhole", 51);
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 200; round++) {
        int bytes = random.nextInt(1, 100_000);
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        MemorySegment whole = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
        int cut = round == 0 ? 0 : random.nextInt(bytes + 1);
        int first = Crc32c.of(whole, 0, cut);
        int second = Crc32c.of(whole, cut, bytes - cut);
        assertEquals(Crc32c.of(whole, 0, bytes), Crc32c.combine(first, second, bytes - cut));
      }
    }
  }

  @Test
  void partsMayBeLong() {
    // Three times a part of zeros is known without reading: combining is associative.
    long huge = 3L << 40;
    int one = Crc32c.combine(0x12345678, 0, 1L << 40);
    int two = Crc32c.combine(one, 0, 1L << 40);
    assertEquals(Crc32c.combine(two, 0, 1L << 40), Crc32c.combine(0x12345678, 0, huge));
  }
}
