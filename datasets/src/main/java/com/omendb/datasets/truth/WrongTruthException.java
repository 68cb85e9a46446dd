package com.omendb.datasets.truth;

import java.io.Serial;

/// A ground truth that cannot be of the index that it was given for: other vectors, a part of them,
/// another metric. A recall measured with it would be wrong.
public final class WrongTruthException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  /// Says what happened.
  ///
  /// @param message what contradicts the truth, ending in `name=value`
  public WrongTruthException(String message) {
    super(message);
  }
}
