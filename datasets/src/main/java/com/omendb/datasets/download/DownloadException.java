package com.omendb.datasets.download;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A data set that cannot be fetched or whose bytes are not the right ones.
///
/// The message says what went wrong and, where another way helps, which file to fetch by other
/// means and where to put it.
public final class DownloadException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /// Says what happened.
  ///
  /// @param message what went wrong and what to do
  public DownloadException(String message) {
    this(message, null);
  }

  DownloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
