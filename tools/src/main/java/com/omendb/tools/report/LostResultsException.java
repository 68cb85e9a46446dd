package com.omendb.tools.report;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Results could not be written.
public final class LostResultsException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  // What the system says of a pipe whose reader has gone.
  private static final String BROKEN_PIPE = "Broken pipe";

  private final boolean readerGone;

  LostResultsException(IOException failure) {
    super(new IOException("cannot write the results: " + failure.getMessage(), failure));
    this.readerGone = BROKEN_PIPE.equals(failure.getMessage());
  }

  /// Whether the reader has gone, having seen enough, as `head` does.
  public boolean readerGone() {
    return readerGone;
  }
}
