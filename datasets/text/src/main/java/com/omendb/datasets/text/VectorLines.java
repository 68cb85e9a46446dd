package com.omendb.datasets.text;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The vectors of an open text file, one after another. Not thread-safe.
interface VectorLines extends AutoCloseable {
  /// The next vector; null after the last.
  ///
  /// @throws com.omendb.datasets.files.VectorFileException if the text is malformed, with line and
  ///   column
  double @Nullable [] next() throws IOException;

  /// The line that the last vector begins in, from 1.
  long line();

  @Override
  void close() throws IOException;
}
