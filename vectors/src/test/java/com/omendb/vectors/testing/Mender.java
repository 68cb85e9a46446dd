package com.omendb.vectors.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/// Makes the checksums and lengths of damaged index files right again, as somebody would who forges
/// an index. Written from docs/FORMAT.md, not from the code that it is to try.
public final class Mender {
  private static final int HEADER_BYTES = 4096;
  private static final int PAGE_BYTES_OFFSET = 12;
  private static final int PAYLOAD_BYTES_OFFSET = 32;
  private static final int PAYLOAD_CRC_OFFSET = 40;
  private static final int HEADER_CRC_OFFSET = 4092;
  private static final int MAX_PAGE_BYTES = 65_536;

  private Mender() {}

  /// Mends the checksum of a header, if the bytes are long enough to hold one.
  public static byte[] header(byte[] bytes) {
    if (bytes.length >= HEADER_BYTES) {
      buffer(bytes).putInt(HEADER_CRC_OFFSET, crc(bytes, 0, HEADER_CRC_OFFSET));
    }
    return bytes;
  }

  /// Mends length and checksums of a file of one payload.
  public static byte[] segment(byte[] bytes) {
    if (bytes.length >= HEADER_BYTES) {
      int length = bytes.length - HEADER_BYTES;
      buffer(bytes)
          .putLong(PAYLOAD_BYTES_OFFSET, length)
          .putInt(PAYLOAD_CRC_OFFSET, crc(bytes, HEADER_BYTES, length));
    }
    return header(bytes);
  }

  /// Mends length, page numbers and checksums of a file of pages, cut or filled to whole pages.
  public static byte[] pages(byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      return bytes;
    }
    int pageBytes = buffer(bytes).getInt(PAGE_BYTES_OFFSET);
    if (pageBytes <= 0 || pageBytes > MAX_PAGE_BYTES || pageBytes % HEADER_BYTES != 0) {
      return header(bytes);
    }
    int pageCount = Math.max(0, (bytes.length - 1) / pageBytes);
    byte[] whole = Arrays.copyOf(bytes, (pageCount + 1) * pageBytes);
    ByteBuffer buffer = buffer(whole);
    for (int page = 0; page < pageCount; page++) {
      int at = (page + 1) * pageBytes;
      buffer.putInt(at + 4, page).putInt(at, crc(whole, at + 4, pageBytes - 4));
    }
    buffer.putLong(PAYLOAD_BYTES_OFFSET, (long) pageCount * pageBytes);
    return header(whole);
  }

  /// Mends the last line of a manifest.
  public static byte[] manifest(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int last = text.lastIndexOf("crc32c=");
    byte[] body =
        Arrays.copyOf(bytes, last > 0 && text.charAt(last - 1) == '\n' ? last : bytes.length);
    byte[] line =
        String.format(Locale.ROOT, "crc32c=%08x\n", crc(body, 0, body.length))
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(body, body.length + line.length);
    System.arraycopy(line, 0, whole, body.length, line.length);
    return whole;
  }

  /// The CRC32C of some bytes.
  public static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
