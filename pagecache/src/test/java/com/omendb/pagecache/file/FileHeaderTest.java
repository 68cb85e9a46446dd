package com.omendb.pagecache.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Invariants: what is encoded decodes to itself; the bytes are those of the specification; no byte
/// can change unnoticed; broken, too old and too new are told apart.
class FileHeaderTest {
  private static final Path PATH = Path.of("some", "file");
  private static final UUID ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
  private static final FileHeader HEADER =
      new FileHeader("OMENTEST", 3, ID, 8192, 5 * 8192L, 0, new long[] {1, -2, Long.MAX_VALUE});

  /// Bytes 0 to 71; then zeroes; then the checksum.
  private static final String GOLDEN_START =
      "4f4d454e54455354" // OMENTEST
          + "03000000" // version
          + "00200000" // bytes a page
          + "efcdab8967452301" // index id, high
          + "1032547698badcfe" // index id, low
          + "00a0000000000000" // payload bytes
          + "00000000" // payload checksum
          + "03000000" // fields
          + "0100000000000000"
          + "feffffffffffffff"
          + "ffffffffffffff7f";

  @Test
  void decodesWhatItEncoded() throws IOException {
    assertEquals(HEADER, decode(HEADER.encode()));
    assertEquals(HEADER.hashCode(), decode(HEADER.encode()).hashCode());
    FileHeader full = new FileHeader("OMENFULL", 1, ID, 0, 0, 0xfedcba98, new long[32]);
    assertEquals(
        full, FileHeader.decode(MemorySegment.ofArray(full.encode()), PATH, "OMENFULL", 1, 1));
    assertEquals(5, HEADER.pageCount());
    assertEquals(-2, HEADER.field(1));
    assertThrows(IndexOutOfBoundsException.class, () -> HEADER.field(3));
  }

  @Test
  void hasTheSpecifiedBytes() {
    byte[] bytes = HEADER.encode();
    byte[] expected = Arrays.copyOf(HexFormat.of().parseHex(GOLDEN_START), FileHeader.BYTES);
    CRC32C crc = new CRC32C();
    crc.update(expected, 0, 4092);
    ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(4092, (int) crc.getValue());
    assertArrayEquals(expected, bytes);
    assertEquals("74dd802d", HexFormat.of().formatHex(bytes, 4092, 4096));
  }

  @Test
  void noticesEveryFlippedBit() {
    for (int i = 0; i < FileHeader.BYTES; i++) {
      byte[] bytes = HEADER.encode();
      bytes[i] ^= (byte) (1 << (i % 8));
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> decode(bytes), "byte " + i);
      assertEquals(PATH.toString(), e.path());
      assertNotEquals(e.expected(), e.actual());
    }
  }

  @Test
  void tellsOtherKindsFromOtherVersions() {
    byte[] bytes = HEADER.encode();
    MemorySegment page = MemorySegment.ofArray(bytes);
    CorruptFileException otherKind =
        assertThrows(
            CorruptFileException.class, () -> FileHeader.decode(page, PATH, "OMENELSE", 1, 3));
    assertEquals("OMENELSE", otherKind.expected());
    assertEquals(0, otherKind.offset());
    UnsupportedFormatException tooNew =
        assertThrows(
            UnsupportedFormatException.class,
            () -> FileHeader.decode(page, PATH, "OMENTEST", 1, 2));
    assertEquals(3, tooNew.formatVersion());
    assertEquals(
        "written by version 3, this release reads 1 to 2; open it with the release that wrote it,"
            + " or a later one: path="
            + PATH,
        tooNew.getMessage());
    assertThrows(
        UnsupportedFormatException.class, () -> FileHeader.decode(page, PATH, "OMENTEST", 4, 9));
  }

  @Test
  void refusesImpossibleValuesUnderAValidChecksum() {
    refuses(12, 4095); // page size
    refuses(12, 1 << 20);
    refuses(12, -4096);
    refuses(32, 1); // payload not whole pages
    refuses(36, -1); // payload negative
    refuses(44, 33); // field count
    refuses(44, -1);
    refuses(44, 2); // a third field where zeroes should be
    refuses(4088, 1); // padding
  }

  private static void refuses(int offset, int value) {
    byte[] bytes = HEADER.encode();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(offset, value);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 4092);
    buffer.putInt(4092, (int) crc.getValue());
    assertThrows(CorruptFileException.class, () -> decode(bytes), "offset " + offset);
  }

  @Test
  void refusesArgumentsThatNoFileCanHave() {
    long[] none = {};
    rejects("magic=SHORT", () -> new FileHeader("SHORT", 1, ID, 0, 0, 0, none));
    rejects(
        "magic=OMEN\u00e9\u00e9\u00e9\u00e9",
        () -> new FileHeader("OMEN\u00e9\u00e9\u00e9\u00e9", 1, ID, 0, 0, 0, none));
    rejects("formatVersion=0", () -> new FileHeader("OMENTEST", 0, ID, 0, 0, 0, none));
    rejects("pageBytes=100", () -> new FileHeader("OMENTEST", 1, ID, 100, 0, 0, none));
    rejects("payloadBytes=-1", () -> new FileHeader("OMENTEST", 1, ID, 0, -1, 0, none));
    rejects("fields.length=33", () -> new FileHeader("OMENTEST", 1, ID, 0, 0, 0, new long[33]));
  }

  @Test
  void doesNotShareItsFields() {
    long[] fields = {7};
    FileHeader header = new FileHeader("OMENTEST", 1, ID, 0, 0, 0, fields);
    fields[0] = 8;
    header.fields()[0] = 9;
    assertEquals(7, header.field(0));
    assertTrue(header.toString().contains("fields=[7]"));
  }

  private static void rejects(String end, Runnable action) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(TestPages.message(e).endsWith(end), TestPages.message(e));
  }

  private static FileHeader decode(byte[] bytes) throws IOException {
    return FileHeader.decode(MemorySegment.ofArray(bytes), PATH, "OMENTEST", 1, 3);
  }
}
