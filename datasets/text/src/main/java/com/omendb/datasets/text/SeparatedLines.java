package com.omendb.datasets.text;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.vectors.VectorSource;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/// Values separated by commas or tabs, below a line with the names of the columns. The vector is in
/// one column, as `[1, 2, 3]` or as numbers with commas, semicolons or spaces between them; or
/// every column is one element. Not thread-safe.
final class SeparatedLines implements VectorLines {
  private static final List<String> DEFAULT_COLUMNS = List.of("vector", "embedding");
  private static final int ALL_COLUMNS = -1;

  private final Path path;
  private final CloseableIterator<CsvRecord> records;
  private final Elements elements = new Elements();
  private final int fieldCount;
  private final int column;
  private long line = 1;

  private SeparatedLines(Path path, CloseableIterator<CsvRecord> records, Optional<String> column)
      throws IOException {
    this.path = path;
    this.records = records;
    CsvRecord header = read();
    if (header == null) {
      throw new VectorFileException("the file holds no rows", path, 0, "a header", 0);
    }
    this.fieldCount = header.getFieldCount();
    this.column = column(header.getFields(), column);
  }

  /// Opens a file and reads the names of its columns.
  static SeparatedLines open(Path path, Path plain, char separator, Optional<String> column)
      throws IOException {
    CloseableIterator<CsvRecord> records =
        CsvReader.builder()
            .fieldSeparator(separator)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .detectBomHeader(true)
            .ofCsvRecord(plain)
            .iterator();
    try {
      return new SeparatedLines(path, records, column);
    } catch (Throwable e) {
      records.close();
      throw e;
    }
  }

  @Override
  public double @Nullable [] next() throws IOException {
    CsvRecord record = read();
    if (record == null) {
      return null;
    }
    if (record.getFieldCount() != fieldCount) {
      throw refused(1, fieldCount + " fields, as in the first line", record.getFieldCount());
    }
    elements.clear();
    if (column == ALL_COLUMNS) {
      for (int field = 0; field < fieldCount; field++) {
        add(field, record.getField(field).strip());
      }
    } else {
      addAll(column, record.getField(column).strip());
    }
    return elements.toArray();
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  private @Nullable CsvRecord read() throws IOException {
    try {
      if (!records.hasNext()) {
        return null;
      }
      CsvRecord record = records.next();
      line = record.getStartingLineNumber();
      return record;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (CsvParseException e) {
      throw VectorFileException.inText(
          "the text after this line cannot be read",
          path,
          line,
          1,
          "separated values",
          String.valueOf(e.getMessage()));
    }
  }

  private int column(List<String> names, Optional<String> wanted) throws VectorFileException {
    if (wanted.isPresent()) {
      int index = names.indexOf(wanted.get());
      if (index < 0) {
        throw refused(1, "a column " + wanted.get(), names.subList(0, Math.min(20, fieldCount)));
      }
      return index;
    }
    for (String name : DEFAULT_COLUMNS) {
      if (names.contains(name)) {
        return names.indexOf(name);
      }
    }
    boolean numbers = true;
    boolean counted = true;
    for (int i = 0; i < fieldCount; i++) {
      String name = names.get(i).strip();
      if (name.isEmpty()) {
        throw refused(
            i + 1L, "a column vector or embedding, or a name for every column", "a column of none");
      }
      numbers &= !Double.isNaN(Elements.parse(name));
      counted &= name.equals(Integer.toString(i));
    }
    if (numbers && !counted) {
      throw refused(1, "the names of the columns", "numbers: the first line would be lost");
    }
    return ALL_COLUMNS;
  }

  private void addAll(int field, String text) throws VectorFileException {
    boolean brackets = text.startsWith("[") && text.endsWith("]");
    String inner = brackets ? text.substring(1, text.length() - 1) : text;
    StringTokenizer numbers = new StringTokenizer(inner, ",; \t\r\n");
    if (!numbers.hasMoreTokens()) {
      throw refused(field + 1L, "at least one element", "none");
    }
    while (numbers.hasMoreTokens()) {
      add(field, numbers.nextToken());
    }
  }

  private void add(int field, String text) throws VectorFileException {
    double value = Elements.parse(text);
    if (Double.isNaN(value)) {
      throw refused(
          field + 1L, "a number that fits float32", text.substring(0, Math.min(40, text.length())));
    }
    if (elements.isFull()) {
      throw refused(field + 1L, "at most " + VectorSource.MAX_DIMENSION + " elements", "more");
    }
    elements.add(value);
  }

  private VectorFileException refused(long columnNumber, Object expected, Object actual) {
    return VectorFileException.inText(
        "the line holds no vector", path, line, columnNumber, expected, actual);
  }
}
