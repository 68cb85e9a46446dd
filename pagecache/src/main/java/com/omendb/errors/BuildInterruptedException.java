package com.omendb.errors;

import java.io.InterruptedIOException;

/// The thread that waited for a build was interrupted; nothing was published. The interrupt status
/// of the thread is set again.
public final class BuildInterruptedException extends InterruptedIOException {
  private static final long serialVersionUID = 1L;

  /// An interrupted build.
  ///
  /// @param cause the exception that the interrupt caused
  public BuildInterruptedException(Throwable cause) {
    super("the build was interrupted; nothing was published");
    initCause(cause);
  }
}
