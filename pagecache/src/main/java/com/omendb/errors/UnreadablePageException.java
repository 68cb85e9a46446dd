package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A page that the operating system or the device did not give: a bad sector, a lost device. What
/// it holds may be whole; that it is damaged is told by [CorruptFileException].
public final class UnreadablePageException extends IOException {
  private static final long serialVersionUID = 1L;

  /// See [#path()].
  private final String path;

  /// See [#pageNumber()].
  private final long pageNumber;

  /// See [#offset()].
  private final long offset;

  /// Says what happened.
  ///
  /// @param offset byte offset of the page in the file
  /// @param reason what the system said
  /// @param path the file
  /// @param pageNumber of the page, from 0
  public UnreadablePageException(Path path, long pageNumber, long offset, String reason) {
    super(
        "a page could not be read: path=%s, pageNumber=%d, offset=%d, reason=%s"
            .formatted(path, pageNumber, offset, reason));
    this.path = path.toString();
    this.pageNumber = pageNumber;
    this.offset = offset;
  }

  /// {@return the file}
  public String path() {
    return path;
  }

  /// {@return the page}
  public long pageNumber() {
    return pageNumber;
  }

  /// {@return byte offset of the page in the file}
  public long offset() {
    return offset;
  }
}
