package com.omendb.store.checkpoint;

import com.omendb.errors.CorruptFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/// Text of `name=value` lines, the last of which is the CRC32C of those before it.
final class ChecksummedLines {
  private static final String CHECKSUM_KEY = "crc32c=";

  private ChecksummedLines() {}

  /// The bytes of such a text.
  static byte[] encode(List<String> lines) {
    String body = String.join("\n", lines) + "\n";
    return (body + checksumLine(body)).getBytes(StandardCharsets.ISO_8859_1);
  }

  /// The values by name, in their order.
  ///
  /// @throws CorruptFileException if the text is not whole
  static Map<String, String> decode(byte[] bytes, Path path) throws CorruptFileException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int bodyLength = text.lastIndexOf('\n', text.length() - 2) + 1;
    String last = text.substring(bodyLength);
    String expected = checksumLine(text.substring(0, bodyLength));
    if (!last.equals(expected)) {
      throw new CorruptFileException(
          "text fails its checksum", path, bodyLength, expected.strip(), last.strip());
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : text.substring(0, bodyLength).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  private static String checksumLine(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
    return String.format(Locale.ROOT, "%s%08x\n", CHECKSUM_KEY, (int) crc.getValue());
  }
}
