package com.omendb.datasets.text;

import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.Table;
import com.omendb.datasets.tables.TableFile;
import com.omendb.datasets.tables.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Reads vectors from lines of text: JSON, or values separated by commas or tabs.
///
/// A file has one vector a line: in the column that the caller names, else in that called `vector`
/// or, if there is none, `embedding`. A line of JSON may also be the vector itself; a file of
/// separated values without such a column is one number a column.
public final class TextFormat implements TableFormat {
  /// Made by [java.util.ServiceLoader].
  public TextFormat() {}

  @Override
  public Set<String> extensions() {
    return Set.of("jsonl", "ndjson", "csv", "tsv");
  }

  @Override
  public TableFile open(Path path, Path plain) {
    return new TableFile() {
      @Override
      public Table table(Content content, Optional<String> name) throws IOException {
        return TextTable.open(path, () -> lines(path, plain, name));
      }

      @Override
      public boolean has(Content content) {
        return content.isVectors();
      }

      @Override
      public void close() {}
    };
  }

  private static VectorLines lines(Path path, Path plain, Optional<String> column)
      throws IOException {
    return switch (VectorFormat.ofPath(path)) {
      case JSON_LINES -> JsonLines.open(path, plain, column);
      case TSV -> SeparatedLines.open(path, plain, '\t', column);
      default -> SeparatedLines.open(path, plain, ',', column);
    };
  }
}
