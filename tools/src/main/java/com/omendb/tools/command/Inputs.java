package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFormat;
import com.omendb.tools.option.RowRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens the vector files that commands are given.
final class Inputs {
  /// The formats that are read, for help texts.
  static final String FORMATS =
      "fvecs bvecs fbin f16bin u8bin i8bin npy hdf5 h5 parquet jsonl ndjson csv tsv, also with .gz;"
          + " FILE#NAME names a data set or column.";

  private Inputs() {}

  /// A vector file, or a range of its rows; the caller closes it.
  static VectorFile vectors(Path path, @Nullable RowRange rows) throws IOException {
    return rows == null
        ? VectorFile.open(path)
        : VectorFile.open(path, rows.fromRow(), rows.rowCount());
  }

  /// The files that hold what some paths name, for [Outputs#check].
  static List<Path> files(Path... paths) {
    return Arrays.stream(paths).map(VectorFormat::file).toList();
  }
}
