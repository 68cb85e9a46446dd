package com.omendb.datasets.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Reads the files of one or more formats, usually with a library that not every program needs.
///
/// Implementations are found with [java.util.ServiceLoader] through the class loader of this
/// interface; `omendb-datasets-hdf5`, `omendb-datasets-text` and `omendb-datasets-parquet` have one
/// each. They must be thread-safe.
public interface TableFormat {
  /// {@return the extensions of its files, in lower case and without a dot, such as `hdf5`}
  Set<String> extensions();

  /// Opens a file.
  ///
  /// @param path the file as the caller named it, for messages; its extension is one of
  ///   [#extensions()], with or without `.gz` behind it
  /// @param plain the uncompressed bytes: `path` itself or a temporary file
  /// @return the open file
  /// @throws IOException if it is malformed or cannot be read
  TableFile open(Path path, Path plain) throws IOException;
}
