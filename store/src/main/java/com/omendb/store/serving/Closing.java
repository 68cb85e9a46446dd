package com.omendb.store.serving;

import org.jspecify.annotations.Nullable;

/// Closes one part after another, whatever goes wrong with those before. Not thread-safe.
public final class Closing {
  private @Nullable Throwable failure;

  /// Closes a part; a failure is kept for [#end].
  public void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception | Error e) {
      if (failure == null) {
        failure = e;
      } else if (!e.equals(failure)) {
        failure.addSuppressed(e);
      }
    }
  }

  /// Throws the first failure, if there was one, with the others added to it.
  public void end() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a part cannot be closed", failure);
    }
  }
}
