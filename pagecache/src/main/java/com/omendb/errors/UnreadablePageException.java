package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// The operating system or the device failed to read a page: a bad sector, a lost device. For a
/// page that was read and is damaged see [CorruptFileException].
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
  /// @param reason message of the operating system
  /// @param path the file
  /// @param pageNumber number of the page, from 0
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
