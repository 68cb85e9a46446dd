package com.omendb.datasets.files;

import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The header of an array that NumPy saved, of the format's versions 1 to 3: magic bytes, version,
/// length of the text, and a Python dictionary as text.
///
/// @param type type of an element
/// @param rows number of rows, at least 1
/// @param columns elements a row, at least 1
/// @param bytes length of the header: where the elements begin
record NpyHeader(Type type, long rows, int columns, long bytes) {

  /// The element types that are read.
  enum Type {
    FLOAT16("<f2", 2),
    FLOAT32("<f4", 4),
    FLOAT64("<f8", 8),
    UINT8("|u1", 1),
    INT8("|i1", 1);

    private final String descr;
    private final int bytes;

    Type(String descr, int bytes) {
      this.descr = descr;
      this.bytes = bytes;
    }

    /// Bytes of an element.
    int bytes() {
      return bytes;
    }
  }

  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /// Version numbers follow the magic bytes, the length of the text them.
  private static final int VERSION_OFFSET = 6;

  private static final int LENGTH_OFFSET = 8;

  /// Length of the headers that are written: the elements are aligned to 64 bytes.
  private static final int WRITTEN_BYTES = 128;

  /// Longer texts are refused: those of arrays that are read here have about 70 characters.
  private static final int MAX_TEXT_BYTES = 1 << 16;

  /// Characters of the header that a message shows.
  private static final int MAX_SHOWN = 120;

  private static final String DESCR = "descr";
  private static final String ORDER = "fortran_order";
  private static final String SHAPE = "shape";

  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*'(\\w{1,32})'\\s*:\\s*('[^']*'|True|False|\\([^()]*\\)|\\[.*])\\s*(,|(?=}))",
          Pattern.DOTALL);
  private static final Pattern END = Pattern.compile("\\s*}\\s*");
  private static final Pattern LENGTHS =
      Pattern.compile("\\(\\s*(\\d{1,18})L?\\s*,\\s*(\\d{1,18})L?\\s*,?\\s*\\)");

  /// Reads and checks a header.
  ///
  /// @param file the whole file
  /// @throws VectorFileException if it is malformed, or of an array that is not read here
  static NpyHeader read(MemorySegment file, Path path) throws VectorFileException {
    if (file.byteSize() < LENGTH_OFFSET + 2
        || !Arrays.equals(file.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC)) {
      throw new VectorFileException(
          "the file is no array of NumPy", path, 0, "its magic bytes", "others");
    }
    int version = Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, VERSION_OFFSET));
    if (version < 1 || version > 3) {
      throw new VectorFileException(
          "the version of the format is unknown", path, VERSION_OFFSET, "1, 2 or 3", version);
    }
    int lengthBytes = version == 1 ? 2 : 4;
    long textOffset = (long) LENGTH_OFFSET + lengthBytes;
    long length = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      long at = (long) LENGTH_OFFSET + i;
      int octet =
          at < file.byteSize() ? Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, at)) : 0xff;
      length = length << Byte.SIZE | octet;
    }
    if (length > Math.min(MAX_TEXT_BYTES, file.byteSize() - textOffset)) {
      throw new VectorFileException(
          "the header is cut short or too long",
          path,
          LENGTH_OFFSET,
          "at most " + Math.min(MAX_TEXT_BYTES, file.byteSize() - textOffset) + " bytes",
          length + " bytes");
    }
    byte[] text = file.asSlice(textOffset, length).toArray(ValueLayout.JAVA_BYTE);
    return of(new String(text, StandardCharsets.UTF_8), textOffset + length, path);
  }

  /// The bytes of a header, as many whatever the number of rows.
  static byte[] write(StoredType type, long rows, int columns) {
    Type written =
        switch (type) {
          case FLOAT32 -> Type.FLOAT32;
          case FLOAT16 -> Type.FLOAT16;
          case UINT8 -> Type.UINT8;
          case INT8 -> Type.INT8;
        };
    String text =
        String.format(
            Locale.ROOT,
            "{'%s': '%s', '%s': False, '%s': (%d, %d), }",
            DESCR,
            written.descr,
            ORDER,
            SHAPE,
            rows,
            columns);
    byte[] bytes = new byte[WRITTEN_BYTES];
    Arrays.fill(bytes, (byte) ' ');
    int textOffset = LENGTH_OFFSET + Short.BYTES;
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) (WRITTEN_BYTES - textOffset))
        .put(text.getBytes(StandardCharsets.US_ASCII));
    bytes[WRITTEN_BYTES - 1] = '\n';
    return bytes;
  }

  private static NpyHeader of(String text, long bytes, Path path) throws VectorFileException {
    Map<String, String> entries = entries(text, path);
    Type type = type(entries.get(DESCR), path);
    String order = entries.get(ORDER);
    if (!"False".equals(order)) {
      throw refused(
          "True".equals(order)
              ? "the array is in Fortran order; numpy.ascontiguousarray makes one in C order"
              : "the header is malformed",
          path,
          ORDER + "=False",
          order);
    }
    String shape = entries.get(SHAPE);
    Matcher lengths = LENGTHS.matcher(shape == null ? "" : shape);
    if (!lengths.matches()) {
      throw refused("the array has not two dimensions", path, "(rows, columns)", shape);
    }
    long rows = Long.parseLong(lengths.group(1));
    long columns = Long.parseLong(lengths.group(2));
    if (rows < 1) {
      throw refused("the file holds no rows", path, "at least 1 row", shape);
    }
    if (columns < 1 || columns > VectorSource.MAX_DIMENSION) {
      throw refused(
          "the row length is out of range", path, "1.." + VectorSource.MAX_DIMENSION, shape);
    }
    return new NpyHeader(type, rows, (int) columns, bytes);
  }

  private static Map<String, String> entries(String text, Path path) throws VectorFileException {
    Map<String, String> entries = new HashMap<>();
    int at = text.indexOf('{') + 1;
    Matcher entry = ENTRY.matcher(text);
    while (at > 0 && entry.region(at, text.length()).lookingAt()) {
      entries.put(entry.group(1), entry.group(2));
      at = entry.end();
    }
    Matcher end = END.matcher(text);
    boolean whole = at > 0 && end.region(at, text.length()).matches();
    if (!whole || !text.substring(0, text.indexOf('{')).isBlank()) {
      throw refused("the header is malformed", path, "a dictionary", text.strip());
    }
    return entries;
  }

  private static Type type(@Nullable String descr, Path path) throws VectorFileException {
    for (Type type : Type.values()) {
      boolean oneByte = type.bytes == 1;
      String plain = oneByte ? type.descr.substring(1) : type.descr;
      if (descr != null && descr.matches("'" + (oneByte ? "[|<>=]?" : "") + plain + "'")) {
        return type;
      }
    }
    String known = "<f4, <f2, <f8, |u1 or |i1";
    if (descr != null && descr.startsWith("[")) {
      throw refused("the array is structured", path, known, descr);
    }
    if (descr != null && descr.startsWith("'>")) {
      throw refused("the elements are not little-endian", path, known, descr);
    }
    throw refused("elements of this type are not read", path, known, descr);
  }

  private static VectorFileException refused(
      String what, Path path, String expected, @Nullable String actual) {
    String text = String.valueOf(actual);
    String start = text.substring(0, Math.min(text.length(), MAX_SHOWN));
    return new VectorFileException(what, path, 0, expected, start);
  }
}
