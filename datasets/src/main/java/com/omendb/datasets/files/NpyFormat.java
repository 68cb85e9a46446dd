package com.omendb.datasets.files;

import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.Table;
import com.omendb.datasets.tables.TableFile;
import com.omendb.datasets.tables.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Reads the arrays that NumPy saves. An array is the one table of its file, and holds vectors.
final class NpyFormat implements TableFormat {
  @Override
  public Set<String> extensions() {
    return Set.of(VectorFormat.NPY.extension());
  }

  @Override
  public TableFile open(Path path, Path plain) throws IOException {
    NpyTable table = NpyTable.open(path, plain);
    return new TableFile() {
      @Override
      public Table table(Content content, Optional<String> name) {
        return table;
      }

      @Override
      public boolean has(Content content) {
        return content.isVectors();
      }

      @Override
      public void close() {
        table.close();
      }
    };
  }
}
