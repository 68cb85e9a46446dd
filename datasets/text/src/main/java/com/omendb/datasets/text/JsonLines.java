package com.omendb.datasets.text;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.tables.RowSink;
import com.omendb.vectors.VectorSource;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Values of JSON, each an object with a vector in it or an array of numbers. Not thread-safe.
final class JsonLines implements VectorLines {
  /// Where the vector is in objects, if no column is named, the first that the first object has.
  private static final List<String> DEFAULT_COLUMNS = List.of("vector", "embedding");

  /// What the library adds to its messages for those who program with it.
  private static final Pattern ADVICE = Pattern.compile("(: | \\().*", Pattern.DOTALL);

  private static final JsonFactory FACTORY = new JsonFactory();

  private final Path path;
  private final JsonParser parser;
  private final Elements elements = new Elements();
  private @Nullable String column;
  private final boolean named;
  private long line;

  private JsonLines(Path path, JsonParser parser, Optional<String> column) {
    this.path = path;
    this.parser = parser;
    this.column = column.orElse(null);
    this.named = column.isPresent();
  }

  /// Opens a file.
  static JsonLines open(Path path, Path plain, Optional<String> column) throws IOException {
    return new JsonLines(path, FACTORY.createParser(Files.newInputStream(plain)), column);
  }

  @Override
  public double @Nullable [] next() throws IOException {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return null;
      }
      line = parser.currentTokenLocation().getLineNr();
      elements.clear();
      if (token == JsonToken.START_ARRAY && !named) {
        readArray(elements);
      } else if (token == JsonToken.START_OBJECT) {
        readObject();
      } else {
        throw refused(named ? "an object" : "an object or an array of numbers", token);
      }
      return elements.toArray();
    } catch (JacksonException e) {
      JsonLocation at = e.getLocation();
      throw VectorFileException.inText(
          "the text is no JSON",
          path,
          at == null ? line : at.getLineNr(),
          at == null ? 1 : at.getColumnNr(),
          "JSON, one value a line",
          ADVICE.matcher(e.getOriginalMessage()).replaceFirst(""));
    } catch (CharConversionException e) {
      throw VectorFileException.inText(
          "the text is no JSON", path, line, 1, "JSON in UTF-8", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private void readObject() throws IOException {
    int columnNumber = parser.currentTokenLocation().getColumnNr();
    String found = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (!isWanted(name, found)) {
        parser.skipChildren();
      } else if (value != JsonToken.START_ARRAY) {
        throw refused("an array of numbers in " + name, value);
      } else if (name.equals(found)) {
        throw refused("one " + name, "another");
      } else {
        elements.clear();
        readArray(elements);
        found = name;
      }
    }
    if (found == null) {
      throw VectorFileException.inText(
          "the object has no vector",
          path,
          line,
          columnNumber,
          column == null ? String.join(" or ", DEFAULT_COLUMNS) : column,
          "none");
    }
    column = found;
  }

  /// Whether a field is the vector, or a better choice than the one found.
  private boolean isWanted(String name, @Nullable String found) {
    if (column != null) {
      return name.equals(column);
    }
    int rank = DEFAULT_COLUMNS.indexOf(name);
    return rank >= 0 && (found == null || rank <= DEFAULT_COLUMNS.indexOf(found));
  }

  private void readArray(Elements target) throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == null || !token.isNumeric()) {
        throw refused("numbers", token == null ? "the end of the file" : token);
      }
      if (target.isFull()) {
        throw refused("at most " + VectorSource.MAX_DIMENSION + " elements", "more");
      }
      double value = parser.getDoubleValue();
      if (!RowSink.fitsFloat(value)) {
        throw refused("a finite float32", parser.getText());
      }
      target.add(value);
    }
    if (target.toArray().length == 0) {
      throw refused("at least one element", "none");
    }
  }

  private VectorFileException refused(String expected, Object actual) {
    JsonLocation at = parser.currentTokenLocation();
    return VectorFileException.inText(
        "the line holds no vector", path, at.getLineNr(), at.getColumnNr(), expected, actual);
  }
}
