package com.omendb.diskann.parts;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.part.IndexPart;
import java.io.IOException;

/// A part of an index over a Vamana graph.
///
/// @param <T> what the part is once it is open
public interface GraphPart<T> extends IndexPart {
  /// How a full check reads a part.
  enum Reading {
    /// As the pages that all else is compared with.
    PAGES,
    /// Kept in memory to the end of the check, whatever the budget.
    KEPT,
    /// Kept in memory if there is room, else read again piece by piece.
    WHOLE,
    /// The same, but not needed any longer once its content was checked.
    PASSING,
    /// Piece by piece, beside the pages.
    WITH_PAGES
  }

  /// Opens the part and checks all that memory safety depends on.
  ///
  /// @throws IOException if it is missing, damaged or of another index
  T open(PartOpening opening) throws IOException;

  /// How a full check reads it.
  Reading reading();

  /// Checks the content of the part, whose checksum is right.
  ///
  /// @return what compares it with the pages
  PageComparison check(PartCheck check) throws IOException;

  /// What a header that is whole says of the index, for a repair that has no manifest.
  default PartFacts facts(FileHeader header) {
    return PartFacts.NONE;
  }
}
