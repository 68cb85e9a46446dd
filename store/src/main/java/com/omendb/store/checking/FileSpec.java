package com.omendb.store.checking;

import com.omendb.pagecache.FileHeader;
import java.util.function.Predicate;

/// What a file of an index has to be, by what its manifest says.
///
/// @param name within the index
/// @param magic of its header
/// @param version of its kind of file, the only one that is read
/// @param fits whether a header that is whole fits the manifest
public record FileSpec(String name, String magic, int version, Predicate<FileHeader> fits) {

  /// Whether a header is of a file of one payload and has so many fields.
  public static boolean isFlat(FileHeader header, int fieldCount) {
    return header.pageBytes() == 0 && header.fields().length >= fieldCount;
  }
}
