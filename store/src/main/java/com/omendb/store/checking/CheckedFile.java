package com.omendb.store.checking;

import com.omendb.pagecache.FileHeader;
import com.omendb.pagecache.FileScan;
import com.omendb.store.directory.Manifest;

/// An open file of an index whose length and header are right.
///
/// @param spec what it has to be
/// @param entry what the manifest says of it
/// @param header what it says of itself
/// @param scan to read it with
public record CheckedFile(
    FileSpec spec, Manifest.FileEntry entry, FileHeader header, FileScan scan) {
  /// Its name within the index.
  public String name() {
    return spec.name();
  }
}
