package com.omendb.store.part;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import java.nio.file.Path;
import java.util.UUID;

/// The kind-specific numbers of a file's header.
public final class HeaderFields {
  private HeaderFields() {}

  /// The fields of a header, of which there must be at least `count`, of a file of this index.
  ///
  /// @throws CorruptFileException if there are fewer, or the file is of another index
  public static long[] require(FileHeader header, UUID indexId, int count, Path path)
      throws CorruptFileException {
    if (!header.indexId().equals(indexId)) {
      throw new CorruptFileException(
          "file of another index", path, 0, "indexId=" + indexId, "indexId=" + header.indexId());
    }
    long[] fields = header.fields();
    if (fields.length < count) {
      throw new CorruptFileException(
          "header has too few fields", path, 0, "at least " + count, "" + fields.length);
    }
    return fields;
  }
}
