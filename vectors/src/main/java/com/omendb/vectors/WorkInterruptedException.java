package com.omendb.vectors;

/// The thread that computes, or waits for workers that do, was interrupted. The work has stopped,
/// and the interrupt status of the thread is set.
public final class WorkInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// An interrupted computation.
  public WorkInterruptedException() {
    super("the work was interrupted");
  }
}
