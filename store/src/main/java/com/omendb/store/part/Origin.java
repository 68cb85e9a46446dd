package com.omendb.store.part;

/// Where a repair gets a part from.
public enum Origin {
  /// The part holds what others are made from. What is lost of it is lost.
  SOURCE,

  /// Made anew from the source if it is damaged.
  MADE,

  /// Copied as it is. A repair refuses an index whose part of this origin is damaged.
  COPIED
}
