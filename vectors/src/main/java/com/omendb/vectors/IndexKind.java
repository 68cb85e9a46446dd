package com.omendb.vectors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/// A kind of index, found with [ServiceLoader]: how to build one and how to open one.
///
/// Implementations are stateless and thread-safe.
public interface IndexKind {

  /// The name that the manifest records, such as `hybrid`.
  String name();

  /// Whether the directory holds an index of this kind.
  ///
  /// @throws IOException if the directory has no readable manifest
  boolean recognizes(Path directory) throws IOException;

  /// See [AnnIndex#open].
  AnnIndex open(Path directory, OpenOptions options) throws IOException;

  /// See [AnnIndex#build].
  void build(VectorSource vectors, Path directory, BuildOptions options, Progress progress)
      throws IOException;

  /// The installed kind of this name.
  ///
  /// @throws IllegalArgumentException if there is none
  static IndexKind named(String name) {
    for (IndexKind kind : ServiceLoader.load(IndexKind.class)) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "unknown kind of index: kind=" + name + ", installed: " + AnnIndex.installedKinds());
  }

  /// The kind of the index in a directory.
  ///
  /// @throws IOException if there is no index or no installed kind recognizes it
  static IndexKind forDirectory(Path directory) throws IOException {
    for (IndexKind kind : ServiceLoader.load(IndexKind.class)) {
      if (kind.recognizes(directory)) {
        return kind;
      }
    }
    throw new IOException(
        "no installed kind of index can open "
            + directory
            + ", installed: "
            + AnnIndex.installedKinds());
  }
}
