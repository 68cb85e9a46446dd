package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A file whose bytes are not what its writer wrote: cut off, extended, flipped or of another kind.
public final class CorruptFileException extends IOException {
  private static final long NO_PAGE = -1;

  /// See [#path()].
  private final String path;

  /// See [#pageNumber()].
  private final long pageNumber;

  /// See [#offset()].
  private final long offset;

  /// See [#expected()].
  private final String expected;

  /// See [#actual()].
  private final String actual;

  /// Says what happened.
  ///
  /// @param what what is wrong, in one short clause
  /// @param offset byte offset in the file of what was checked
  /// @param expected what should have been there
  /// @param actual what was there
  /// @param path the file
  public CorruptFileException(String what, Path path, long offset, String expected, String actual) {
    super(
        "%s: path=%s, offset=%d, expected=%s, actual=%s"
            .formatted(what, path, offset, expected, actual));
    this.path = path.toString();
    this.pageNumber = NO_PAGE;
    this.offset = offset;
    this.expected = expected;
    this.actual = actual;
  }

  /// Damage to one page of a page file.
  ///
  /// @param what what is wrong, in one short clause
  /// @param offset byte offset of the page in the file
  /// @param expected what should have been there
  /// @param actual what was there
  /// @param path the file
  /// @param pageNumber number of the page, from 0
  public CorruptFileException(
      String what, Path path, long pageNumber, long offset, String expected, String actual) {
    super(
        "%s: path=%s, pageNumber=%d, offset=%d, expected=%s, actual=%s"
            .formatted(what, path, pageNumber, offset, expected, actual));
    this.path = path.toString();
    this.pageNumber = pageNumber;
    this.offset = offset;
    this.expected = expected;
    this.actual = actual;
  }

  /// {@return the file}
  public String path() {
    return path;
  }

  /// {@return number of the damaged page, from 0; -1 if the damage is not in a page}
  public long pageNumber() {
    return pageNumber;
  }

  /// {@return byte offset in the file of what was checked}
  public long offset() {
    return offset;
  }

  /// {@return what should have been there}
  public String expected() {
    return expected;
  }

  /// {@return what was there}
  public String actual() {
    return actual;
  }
}
