package com.omendb.pagecache.file;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;

/// The first 4096 bytes of every file: what it is, which index it belongs to, what follows.
///
/// Little-endian:
///
/// | offset | bytes | meaning |
/// |---|---|---|
/// | 0 | 8 | magic, ASCII |
/// | 8 | 4 | format version, from 1 |
/// | 12 | 4 | bytes a page; 0 in a file of one flat payload |
/// | 16 | 16 | index id: the high, then the low 64 bits of the UUID |
/// | 32 | 8 | bytes of payload: all that follows the header (page files: the header page) |
/// | 40 | 4 | CRC32C of the payload; 0 in page files, where each page has its own |
/// | 44 | 4 | n, how many kind-specific fields follow, 0 to 32 |
/// | 48 | 8n | the fields |
/// | 48 + 8n | to 4092 | zero |
/// | 4092 | 4 | CRC32C of bytes 0 to 4091 |
///
/// The magic, the version and the last four bytes stay where they are in every future version: that
/// distinguishes a newer file from a broken one.
///
/// @param magic kind of file, exactly 8 printable ASCII characters
/// @param formatVersion version of the kind's format, from 1
/// @param indexId the index that the file belongs to
/// @param pageBytes bytes a page, or 0 in a file of one flat payload
/// @param payloadBytes bytes after the header (page files: after the header page)
/// @param payloadCrc32c checksum of a flat payload, 0 in page files
/// @param fields up to 32 numbers that mean what the kind of file says
// An array keeps the fields primitive; the record copies it in and out and compares its contents.
@SuppressWarnings("ArrayRecordComponent")
public record FileHeader(
    String magic,
    int formatVersion,
    UUID indexId,
    int pageBytes,
    long payloadBytes,
    int payloadCrc32c,
    long[] fields) {

  /// Size of the header.
  public static final int BYTES = 4096;

  /// The most kind-specific fields.
  public static final int MAX_FIELDS = 32;

  /// The largest page.
  public static final int MAX_PAGE_BYTES = 65536;

  private static final int MAGIC_BYTES = 8;
  private static final int VERSION_OFFSET = 8;
  private static final int PAGE_BYTES_OFFSET = 12;
  private static final int ID_HIGH_OFFSET = 16;
  private static final int ID_LOW_OFFSET = 24;
  private static final int PAYLOAD_BYTES_OFFSET = 32;
  private static final int PAYLOAD_CRC_OFFSET = 40;
  private static final int FIELD_COUNT_OFFSET = 44;
  private static final int FIELDS_OFFSET = 48;
  private static final int CRC_OFFSET = BYTES - Integer.BYTES;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public FileHeader {
    Objects.requireNonNull(indexId, "indexId");
    requireMagic(magic);
    if (formatVersion < 1) {
      throw new IllegalArgumentException("versions start at 1: formatVersion=" + formatVersion);
    }
    if (pageBytes != 0) {
      requirePageBytes(pageBytes);
    }
    if (payloadBytes < 0) {
      throw new IllegalArgumentException("payloadBytes=" + payloadBytes);
    }
    if (fields.length > MAX_FIELDS) {
      throw new IllegalArgumentException(
          "a header holds up to " + MAX_FIELDS + " fields: fields.length=" + fields.length);
    }
    fields = fields.clone();
  }

  /// A copy of the kind-specific fields.
  @Override
  public long[] fields() {
    return fields.clone();
  }

  /// One kind-specific field.
  ///
  /// @throws IndexOutOfBoundsException when the file has no such field
  public long field(int index) {
    return fields[Objects.checkIndex(index, fields.length)];
  }

  /// How many pages a page file holds besides its header page.
  public long pageCount() {
    return pageBytes == 0 ? 0 : payloadBytes / pageBytes;
  }

  /// The header as it stands in the file.
  public byte[] encode() {
    byte[] bytes = new byte[BYTES];
    MemorySegment page = MemorySegment.ofArray(bytes);
    MemorySegment.copy(
        magic.getBytes(StandardCharsets.US_ASCII), 0, page, ValueLayout.JAVA_BYTE, 0, MAGIC_BYTES);
    page.set(INT, VERSION_OFFSET, formatVersion);
    page.set(INT, PAGE_BYTES_OFFSET, pageBytes);
    page.set(LONG, ID_HIGH_OFFSET, indexId.getMostSignificantBits());
    page.set(LONG, ID_LOW_OFFSET, indexId.getLeastSignificantBits());
    page.set(LONG, PAYLOAD_BYTES_OFFSET, payloadBytes);
    page.set(INT, PAYLOAD_CRC_OFFSET, payloadCrc32c);
    page.set(INT, FIELD_COUNT_OFFSET, fields.length);
    for (int i = 0; i < fields.length; i++) {
      page.set(LONG, FIELDS_OFFSET + (long) i * Long.BYTES, fields[i]);
    }
    page.set(INT, CRC_OFFSET, Crc32c.of(page, 0, CRC_OFFSET));
    return bytes;
  }

  /// Reads a header: the kind, then the checksum, then the version, then the values are checked.
  ///
  /// @param page at least [#BYTES] bytes, the start of the file
  /// @param path the file, for messages only
  /// @param magic the kind of file expected
  /// @throws CorruptFileException when it is of another kind or not intact
  /// @throws UnsupportedFormatException when it is intact but of a version outside the two given
  public static FileHeader decode(
      MemorySegment page, Path path, String magic, int minVersion, int maxVersion)
      throws IOException {
    requireMagic(magic);
    if (page.byteSize() < BYTES) {
      throw new IllegalArgumentException("page.byteSize=" + page.byteSize());
    }
    checkMagic(page, path, magic);
    int crc = Crc32c.of(page, 0, CRC_OFFSET);
    int storedCrc = page.get(INT, CRC_OFFSET);
    if (crc != storedCrc) {
      throw new CorruptFileException(
          "header checksum differs", path, CRC_OFFSET, hex(storedCrc), hex(crc));
    }
    int version = page.get(INT, VERSION_OFFSET);
    if (version < minVersion || version > maxVersion) {
      throw new UnsupportedFormatException(path, version, minVersion, maxVersion);
    }
    return decodeChecked(page, path, magic, version);
  }

  private static FileHeader decodeChecked(MemorySegment page, Path path, String magic, int version)
      throws CorruptFileException {
    int fieldCount = page.get(INT, FIELD_COUNT_OFFSET);
    if (fieldCount < 0 || fieldCount > MAX_FIELDS) {
      throw new CorruptFileException(
          "field count out of range",
          path,
          FIELD_COUNT_OFFSET,
          "0.." + MAX_FIELDS,
          Integer.toString(fieldCount));
    }
    long[] fields = new long[fieldCount];
    for (int i = 0; i < fieldCount; i++) {
      fields[i] = page.get(LONG, FIELDS_OFFSET + (long) i * Long.BYTES);
    }
    requireZero(page, FIELDS_OFFSET + fieldCount * Long.BYTES, CRC_OFFSET, path);
    int pageBytes = page.get(INT, PAGE_BYTES_OFFSET);
    if (pageBytes != 0 && !isPageBytes(pageBytes)) {
      throw new CorruptFileException(
          "page size out of range",
          path,
          PAGE_BYTES_OFFSET,
          "0 or a multiple of " + BYTES + " up to " + MAX_PAGE_BYTES,
          Integer.toString(pageBytes));
    }
    long payloadBytes = page.get(LONG, PAYLOAD_BYTES_OFFSET);
    if (payloadBytes < 0 || (pageBytes != 0 && payloadBytes % pageBytes != 0)) {
      throw new CorruptFileException(
          "payload length out of range",
          path,
          PAYLOAD_BYTES_OFFSET,
          pageBytes == 0 ? "0 or more" : "a multiple of " + pageBytes,
          Long.toString(payloadBytes));
    }
    UUID indexId = new UUID(page.get(LONG, ID_HIGH_OFFSET), page.get(LONG, ID_LOW_OFFSET));
    int payloadCrc32c = page.get(INT, PAYLOAD_CRC_OFFSET);
    return new FileHeader(magic, version, indexId, pageBytes, payloadBytes, payloadCrc32c, fields);
  }

  private static void checkMagic(MemorySegment page, Path path, String magic)
      throws CorruptFileException {
    byte[] found = page.asSlice(0, MAGIC_BYTES).toArray(ValueLayout.JAVA_BYTE);
    if (!Arrays.equals(found, magic.getBytes(StandardCharsets.US_ASCII))) {
      throw new CorruptFileException(
          "not a file of this kind", path, 0, magic, HexFormat.of().formatHex(found));
    }
  }

  /// Refuses bytes that should be zero and are not.
  public static void requireZero(MemorySegment page, int from, int to, Path path)
      throws CorruptFileException {
    for (int offset = from; offset < to; offset++) {
      byte value = page.get(ValueLayout.JAVA_BYTE, offset);
      if (value != 0) {
        throw new CorruptFileException(
            "padding is not zero", path, offset, "0", Byte.toString(value));
      }
    }
  }

  static void requirePageBytes(int pageBytes) {
    if (!isPageBytes(pageBytes)) {
      throw new IllegalArgumentException(
          "a page is a multiple of %d bytes up to %d: pageBytes=%d"
              .formatted(BYTES, MAX_PAGE_BYTES, pageBytes));
    }
  }

  private static boolean isPageBytes(int pageBytes) {
    return pageBytes > 0 && pageBytes <= MAX_PAGE_BYTES && pageBytes % BYTES == 0;
  }

  private static void requireMagic(String magic) {
    boolean valid =
        magic.length() == MAGIC_BYTES && magic.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (!valid) {
      throw new IllegalArgumentException("a magic is 8 printable ASCII characters: magic=" + magic);
    }
  }

  public static String hex(int value) {
    return "0x" + HexFormat.of().toHexDigits(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileHeader that
        && magic.equals(that.magic)
        && formatVersion == that.formatVersion
        && indexId.equals(that.indexId)
        && pageBytes == that.pageBytes
        && payloadBytes == that.payloadBytes
        && payloadCrc32c == that.payloadCrc32c
        && Arrays.equals(fields, that.fields);
  }

  @Override
  public int hashCode() {
    return Objects.hash(magic, formatVersion, indexId, pageBytes, payloadBytes, payloadCrc32c) * 31
        + Arrays.hashCode(fields);
  }

  @Override
  public String toString() {
    return "FileHeader[magic=%s, formatVersion=%d, indexId=%s, pageBytes=%d, payloadBytes=%d, payloadCrc32c=%s, fields=%s]"
        .formatted(
            magic,
            formatVersion,
            indexId,
            pageBytes,
            payloadBytes,
            hex(payloadCrc32c),
            Arrays.toString(fields));
  }
}
