package com.omendb.store.part;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.VectorShape;

/// A file of an index, as opening, planning, building, verifying, repairing and forecasting see it.
/// Each kind of index has one list of its parts, and all of these go over that list.
///
/// Immutable and thread-safe.
public interface IndexPart {
  /// Name of the file within the index.
  String name();

  /// Magic of its header.
  String magic();

  /// The version that is written.
  int version();

  /// The oldest version that is read.
  default int oldestVersion() {
    return version();
  }

  /// Where it is while the index is served.
  Placement placement();

  /// Where a repair gets it from.
  default Origin origin() {
    return Origin.MADE;
  }

  /// What reports of memory call it.
  default String purpose() {
    return name();
  }

  /// Whether a header that is whole fits an index.
  boolean fits(FileHeader header, Manifest manifest);

  /// Bytes that the file is expected to have.
  ///
  /// @param vectors of the index
  /// @param options how it would be built
  long expectedBytes(VectorShape vectors, BuildOptions options);

  /// Whether a header is of a file of one payload and has at least so many fields.
  static boolean isFlat(FileHeader header, int fieldCount) {
    return header.pageBytes() == 0 && header.fields().length >= fieldCount;
  }
}
