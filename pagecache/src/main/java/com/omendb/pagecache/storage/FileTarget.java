package com.omendb.pagecache.storage;

import java.io.IOException;
import java.nio.file.Path;

/// Where a new file goes: its path and the storage through which it is written.
///
/// @param storage writes it
/// @param path its name
public record FileTarget(Storage storage, Path path) {

  /// Creates the file, through the kernel's page cache.
  ///
  /// @return the open file
  /// @throws IOException if the file system refuses, or the device fails
  public StorageFile create() throws IOException {
    return create(Storage.Access.CACHED);
  }

  /// Creates the file.
  ///
  /// @param access how bytes reach the device
  /// @return the open file
  /// @throws IOException if the file system refuses, or the device fails
  public StorageFile create(Storage.Access access) throws IOException {
    return storage.create(path, access);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
