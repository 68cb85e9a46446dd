package com.omendb.diskann.format;

import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.FileHeader;
import java.nio.file.Path;

/// The kind-specific numbers of a file's header.
public final class HeaderFields {
  private HeaderFields() {}

  /// The fields of a header, of which there must be at least `count`.
  ///
  /// @throws CorruptFileException if there are fewer
  public static long[] require(FileHeader header, int count, Path path)
      throws CorruptFileException {
    long[] fields = header.fields();
    if (fields.length < count) {
      throw new CorruptFileException(
          "header has too few fields", path, 0, "at least " + count, "" + fields.length);
    }
    return fields;
  }
}
