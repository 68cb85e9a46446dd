package com.omendb.store.directory;

import com.omendb.errors.CorruptFileException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/// Text of `name=value` lines, UTF-8, the last of which is the CRC32C of those before it.
public final class ChecksummedLines {
  private static final String CHECKSUM_KEY = "crc32c";

  private ChecksummedLines() {}

  /// The bytes of such a text.
  public static byte[] encode(List<String> lines) {
    String body = String.join("\n", lines) + "\n";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return (body + checksumLine(bytes, bytes.length)).getBytes(StandardCharsets.UTF_8);
  }

  /// The values by name, in their order.
  ///
  /// @param what the text is, for messages
  /// @param path where it was read, for messages
  /// @throws CorruptFileException if the text is not whole, or has two lines of a name
  public static Map<String, String> decode(byte[] bytes, String what, Path path)
      throws CorruptFileException {
    int bodyBytes = lastLine(bytes);
    String last =
        new String(bytes, bodyBytes, bytes.length - bodyBytes, StandardCharsets.ISO_8859_1);
    String expected = checksumLine(bytes, bodyBytes);
    if (!last.equals(expected)) {
      throw new CorruptFileException(
          what + " fails its checksum", path, bodyBytes, expected.strip(), last.strip());
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : text(bytes, bodyBytes, what, path).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && values.put(line.substring(0, equals), line.substring(equals + 1)) != null) {
        throw new CorruptFileException("duplicate " + what + " entry", path, 0, "one line", line);
      }
    }
    return values;
  }

  // Where the last line begins; it may lack its end.
  private static int lastLine(byte[] bytes) {
    int at = Math.max(0, bytes.length - 1);
    while (at > 0 && bytes[at - 1] != '\n') {
      at--;
    }
    return at;
  }

  private static String text(byte[] bytes, int length, String what, Path path)
      throws CorruptFileException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CorruptFileException(
          what + " is malformed", path, 0, "valid UTF-8", String.valueOf(e.getMessage()));
    }
  }

  private static String checksumLine(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return String.format(Locale.ROOT, "%s=%08x\n", CHECKSUM_KEY, (int) crc.getValue());
  }
}
