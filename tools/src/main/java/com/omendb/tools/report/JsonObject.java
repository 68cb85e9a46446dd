package com.omendb.tools.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/// One JSON object (RFC 8259) written in the order of its fields, on one line. Write-only and small
/// on purpose: it is all that the reports need. Not thread-safe.
public final class JsonObject {
  private final StringBuilder text = new StringBuilder("{");

  /// Adds a text field.
  public JsonObject put(String name, String value) {
    key(name);
    quote(value);
    return this;
  }

  /// Adds a whole number.
  public JsonObject put(String name, long value) {
    key(name).append(value);
    return this;
  }

  /// Adds a truth value.
  public JsonObject put(String name, boolean value) {
    key(name).append(value);
    return this;
  }

  /// Adds a number rounded to `decimals` digits; null when it is not finite.
  public JsonObject put(String name, double value, int decimals) {
    key(name);
    if (!Double.isFinite(value)) {
      text.append("null");
      return this;
    }
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN);
    text.append(rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString());
    return this;
  }

  /// Adds an object.
  public JsonObject put(String name, JsonObject value) {
    key(name).append(value);
    return this;
  }

  /// Adds a list of objects.
  public JsonObject put(String name, List<JsonObject> values) {
    key(name).append('[');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ",").append(values.get(i));
    }
    text.append(']');
    return this;
  }

  /// Adds a list of whole numbers.
  public JsonObject put(String name, long[] values) {
    key(name).append('[');
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    text.append(']');
    return this;
  }

  /// Adds a list of numbers as exact as they are; null for one that is not finite.
  public JsonObject put(String name, float[] values) {
    key(name).append('[');
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(Float.isFinite(values[i]) ? values[i] : "null");
    }
    text.append(']');
    return this;
  }

  /// The object as one line of JSON.
  @Override
  public String toString() {
    return text + "}";
  }

  private StringBuilder key(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    return text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          // Lone surrogates cannot be encoded, so they are escaped like control characters.
          if (c < 0x20 || Character.isSurrogate(c)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
