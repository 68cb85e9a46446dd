package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A page that the operating system or the device did not give: a bad sector, a lost device. What
/// it holds may be whole; that it is damaged is told by [CorruptFileException].
public final class UnreadablePageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final long pageNumber;
  private final long offset;

  /// @param offset byte offset of the page in the file
  /// @param reason what the system said
  public UnreadablePageException(Path path, long pageNumber, long offset, String reason) {
    super(
        "a page could not be read: path=%s, pageNumber=%d, offset=%d, reason=%s"
            .formatted(path, pageNumber, offset, reason));
    this.path = path.toString();
    this.pageNumber = pageNumber;
    this.offset = offset;
  }

  /// The file.
  public String path() {
    return path;
  }

  /// The page.
  public long pageNumber() {
    return pageNumber;
  }

  /// Byte offset of the page in the file.
  public long offset() {
    return offset;
  }
}
