package com.omendb.errors;

import java.io.InterruptedIOException;

/// The thread that waited for a build was interrupted; nothing was published. The thread's
/// interrupt is pending again.
public final class BuildInterruptedException extends InterruptedIOException {
  private static final long serialVersionUID = 1L;

  /// An interrupted build.
  ///
  /// @param cause what the interrupt ended
  public BuildInterruptedException(Throwable cause) {
    super("the build was interrupted; nothing was published");
    initCause(cause);
  }
}
