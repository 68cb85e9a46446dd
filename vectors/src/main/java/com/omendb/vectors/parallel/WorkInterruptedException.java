package com.omendb.vectors.parallel;

/// The thread that waited for workers was interrupted; they have stopped, and its interrupt is
/// pending.
public final class WorkInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WorkInterruptedException() {
    super("interrupted while waiting for workers");
  }
}
