package com.omendb.datasets.parquet;

import com.omendb.datasets.tables.TableFile;
import com.omendb.datasets.tables.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Reads vectors from Parquet files with Hardwood: a column of lists of FLOAT or DOUBLE.
public final class ParquetFormat implements TableFormat {
  /// Made by [java.util.ServiceLoader].
  public ParquetFormat() {}

  @Override
  public Set<String> extensions() {
    return Set.of("parquet");
  }

  @Override
  public TableFile open(Path path, Path plain) throws IOException {
    return ParquetFile.open(path, plain);
  }
}
