package com.omendb.store.checking;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.read.FileScan;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;

/// An open file of an index whose length and header are right.
///
/// @param part what it has to be
/// @param entry what the manifest says of it
/// @param header what it says of itself
/// @param scan to read it with
public record CheckedFile(
    IndexPart part, Manifest.FileEntry entry, FileHeader header, FileScan scan) {
  /// Its name within the index.
  public String name() {
    return part.name();
  }
}
