package com.omendb.diskann.check;

import com.omendb.diskann.format.Manifest;
import java.util.List;

/// What a kind of index adds to the base layer for searches to enter it, to be checked with the
/// rest.
public interface EntryCheck {
  /// The check of a kind that adds nothing.
  EntryCheck NONE = _ -> List.of();

  /// The files that the kind adds.
  List<FileSpec> files(Manifest manifest);
}
