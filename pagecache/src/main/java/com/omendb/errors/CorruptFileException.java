package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A file whose bytes are not what its writer wrote: cut off, extended, flipped or of another kind.
public final class CorruptFileException extends IOException {
  private static final long NO_PAGE = -1;

  private final String path;
  private final long pageNumber;
  private final long offset;
  private final String expected;
  private final String actual;

  /// @param what one short clause: what is wrong
  /// @param offset byte offset in the file of what was checked
  /// @param expected what should have been there
  /// @param actual what was there
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
  /// @param what one short clause: what is wrong
  /// @param offset byte offset of the page in the file
  /// @param expected what should have been there
  /// @param actual what was there
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

  /// The file.
  public String path() {
    return path;
  }

  /// The page of a page file that is damaged, or -1 where it is no page.
  public long pageNumber() {
    return pageNumber;
  }

  /// Byte offset in the file of what was checked.
  public long offset() {
    return offset;
  }

  /// What should have been there.
  public String expected() {
    return expected;
  }

  /// What was there.
  public String actual() {
    return actual;
  }
}
