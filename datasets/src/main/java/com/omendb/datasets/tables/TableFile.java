package com.omendb.datasets.tables;

import java.io.IOException;
import java.util.Optional;

/// An open file of tables. Not thread-safe.
public interface TableFile extends AutoCloseable {

  /// Looks up a table and checks what its header says.
  ///
  /// @param content what the rows are for; says which table is meant where none is named, and which
  ///   elements it may have
  /// @param name the data set or column that the caller named, if any
  /// @return the table
  /// @throws IOException if there is no such table, it cannot be used so, or it is malformed
  Table table(Content content, Optional<String> name) throws IOException;

  /// {@return whether there is a table that is meant where none is named}
  ///
  /// @param content what the rows are for
  /// @throws IOException if the file is malformed
  boolean has(Content content) throws IOException;

  /// {@return the name of the distance that the vectors are for, such as `angular`, if the file
  /// states one}
  ///
  /// @throws IOException if the file is malformed
  default Optional<String> statedDistance() throws IOException {
    return Optional.empty();
  }

  /// Closes the file; its tables must not be used any more.
  @Override
  void close() throws IOException;
}
