package com.omendb.datasets.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Makes lines of text: `{"vector":[1,2]}`, or one number a column below a line that counts the
/// columns. Numbers are the shortest that are read as the same float again.
final class TextEncoder implements RowEncoder {
  /// A float has at most 15 characters, and a separator.
  private static final int MAX_NUMBER_BYTES = 16;

  private static final String JSON_BEGIN = "{\"vector\":[";
  private static final String JSON_END = "]}";

  private final boolean json;
  private final char separator;
  private final int dimension;

  TextEncoder(VectorFormat format, int dimension) {
    this.json = format == VectorFormat.JSON_LINES;
    this.separator = format == VectorFormat.TSV ? '\t' : ',';
    this.dimension = dimension;
  }

  @Override
  public byte[] header(long rows) {
    if (json) {
      return new byte[0];
    }
    StringBuilder names = new StringBuilder();
    for (int column = 0; column < dimension; column++) {
      names.append(column).append(column + 1 < dimension ? separator : '\n');
    }
    return names.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int maxRowBytes() {
    return JSON_BEGIN.length() + JSON_END.length() + 1 + dimension * MAX_NUMBER_BYTES;
  }

  @Override
  public void beginRow(ByteBuffer out) {
    if (json) {
      put(JSON_BEGIN, out);
    }
  }

  @Override
  public void put(int column, float value, ByteBuffer out) {
    if (column > 0) {
      out.put((byte) separator);
    }
    boolean whole = value == (int) value && Math.abs(value) < 1 << 24 && !isNegativeZero(value);
    put(whole ? Integer.toString((int) value) : Float.toString(value), out);
  }

  @Override
  public void endRow(ByteBuffer out) {
    put(json ? JSON_END : "", out);
    out.put((byte) '\n');
  }

  private static boolean isNegativeZero(float value) {
    return Float.floatToRawIntBits(value) == Float.floatToRawIntBits(-0f);
  }

  private static void put(String text, ByteBuffer out) {
    for (int i = 0; i < text.length(); i++) {
      out.put((byte) text.charAt(i));
    }
  }
}
