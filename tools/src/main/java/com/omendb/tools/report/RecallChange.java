package com.omendb.tools.report;

import com.omendb.tools.eval.RecallProbe;
import org.jspecify.annotations.Nullable;

/// Recall of both indexes.
///
/// @param damaged of the one, or why it cannot be searched
/// @param repaired of the other
public record RecallChange(int k, int searchListSize, Measured damaged, Measured repaired) {
  /// What searches of an index found.
  ///
  /// @param result null if nothing was measured
  /// @param failure why not; empty if it was
  public record Measured(RecallProbe.@Nullable Result result, String failure) {}
}
