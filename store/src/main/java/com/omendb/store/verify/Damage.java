package com.omendb.store.verify;

import java.util.Locale;

/// One thing that is wrong with a file of an index.
///
/// @param file name of the file within the index: `manifest.omen`, `base.pages`, ...
/// @param kind what is wrong
/// @param page number of the damaged page, from 0, without the header page; [#NO_PAGE] if the
///   damage is not in a page
/// @param offset byte offset in the file of what was checked
/// @param expected what should have been there
/// @param found what was there
public record Damage(
    String file, Kind kind, long page, long offset, String expected, String found) {
  /// [#page] of damage that is not in a page.
  public static final long NO_PAGE = -1;

  /// What is wrong.
  public enum Kind {
    /// There is no such file.
    MISSING,
    /// The file is shorter or longer than the index says.
    LENGTH,
    /// The device or the operating system failed to read it.
    UNREADABLE,
    /// The manifest is not what was written.
    MANIFEST,
    /// The header at the start of the file is not what was written.
    HEADER,
    /// The file is whole, but written in a format version that this release does not read.
    VERSION,
    /// The file belongs to another index.
    FOREIGN,
    /// What follows the header differs from its checksum.
    PAYLOAD,
    /// A page differs from its checksum, or is another page than the one of its place.
    PAGE,
    /// The file as a whole differs from its checksum in the manifest.
    FILE,
    /// Checksums are right, but the content breaks the format: offsets, counts, padding.
    FORMAT,
    /// A vector for which no distance can be computed.
    VECTOR,
    /// A vectorId that two nodes have.
    ID,
    /// An edge to the node itself or to one that does not exist, or too many of them.
    EDGE,
    /// A node that no search can reach.
    UNREACHABLE,
    /// A code that is not that of the node's vector.
    CODE,
    /// The directory of pages, or the upper layers, say something else than the pages.
    DISAGREEMENT;

    /// {@return the kind in lower case, as it stands in reports}
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public Damage {
    if (page < NO_PAGE || offset < 0) {
      throw new IllegalArgumentException("damage is nowhere: page=" + page + ", offset=" + offset);
    }
  }

  /// {@return damage that is not in a page}
  ///
  /// @param file name within the index
  /// @param kind what is wrong
  /// @param offset byte offset in the file
  /// @param expected what should have been there
  /// @param found what was there
  /// @throws IllegalArgumentException if the offset is negative
  public static Damage of(String file, Kind kind, long offset, String expected, String found) {
    return new Damage(file, kind, NO_PAGE, offset, expected, found);
  }
}
