package com.omendb.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sizes: what people write is understood or refused by name, and long counts are kept exactly.
final class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1048576, 1048576",
    "12b, 12",
    "64MB, 64000000",
    "64mb, 64000000",
    "64M, 64000000",
    "64 MB, 64000000",
    "64MiB, 67108864",
    "1.5KiB, 1536",
    "2GB, 2000000000",
    "4GiB, 4294967296",
    "1TB, 1000000000000",
    "9223372036854775807, 9223372036854775807"
  })
  void understands(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MB",
        "-1",
        "0",
        "0.4",
        "1XB",
        "1e9",
        "1,5GB",
        "1 0",
        "9223372036854775808",
        "99999999TB"
      })
  void refuses(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    assertTrue(String.valueOf(e.getMessage()).endsWith("size=" + text), e::getMessage);
  }

  @Test
  void formatsWithThreeDigits() {
    assertEquals("0 B", ByteSize.format(0));
    assertEquals("999 B", ByteSize.format(999));
    assertEquals("1.00 kB", ByteSize.format(1000));
    assertEquals("64.0 MB", ByteSize.format(64_000_000));
    assertEquals("410 MB", ByteSize.format(410_000_000));
    assertEquals("1.00 GB", ByteSize.format(999_999_999));
    assertEquals("1.25 GB", ByteSize.format(1_250_000_000));
    assertEquals("9223372 TB", ByteSize.format(Long.MAX_VALUE));
  }
}
