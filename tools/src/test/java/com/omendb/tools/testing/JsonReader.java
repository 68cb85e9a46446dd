package com.omendb.tools.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/// Reads one JSON object strictly, to check what the program prints: the texts of its values by
/// name, in their order. Nested values stay text, after they were checked.
public final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /// The fields of an object.
  ///
  /// @throws IllegalArgumentException if the text is anything but one valid object
  public static Map<String, String> object(String text) {
    JsonReader reader = new JsonReader(text);
    Map<String, String> fields = reader.object();
    reader.require(reader.at == text.length(), "the end");
    return fields;
  }

  /// A field that is a number.
  public static double number(Map<String, String> fields, String name) {
    return Double.parseDouble(field(fields, name));
  }

  /// The text of a field that must be there.
  public static String field(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no such field: name=" + name + ", fields=" + fields);
    }
    return value;
  }

  private Map<String, String> object() {
    Map<String, String> fields = new LinkedHashMap<>();
    take('{');
    while (peek() != '}') {
      if (!fields.isEmpty()) {
        take(',');
      }
      String name = string();
      take(':');
      int begin = at;
      value();
      require(fields.put(name, text.substring(begin, at)) == null, "a name once: " + name);
    }
    take('}');
    return fields;
  }

  private void value() {
    switch (peek()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      default -> word();
    }
  }

  private void list() {
    take('[');
    for (boolean first = true; peek() != ']'; first = false) {
      if (!first) {
        take(',');
      }
      value();
    }
    take(']');
  }

  private String string() {
    take('"');
    int begin = at;
    while (peek() != '"') {
      require(peek() >= ' ', "no control characters");
      at += peek() == '\\' ? 2 : 1;
    }
    take('"');
    return text.substring(begin, at - 1);
  }

  private void word() {
    int begin = at;
    while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(begin, at);
    require(
        word.matches("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?"),
        "a value, not " + word);
  }

  private char peek() {
    require(at < text.length(), "more text");
    return text.charAt(at);
  }

  private void take(char expected) {
    require(peek() == expected, "'" + expected + "'");
    at++;
  }

  private void require(boolean condition, String expected) {
    if (!condition) {
      throw new IllegalArgumentException("expected " + expected + " at " + at + ": " + text);
    }
  }
}
