package com.omendb.vectors;

/// Receives how far long work has come. Implementations must be thread-safe and cheap.
public interface Progress {

  /// A listener that ignores everything.
  Progress NONE =
      new Progress() {
        @Override
        public void phase(String name, long totalUnits) {}

        @Override
        public void advance(long units) {}
      };

  /// A new phase begins.
  ///
  /// @param name what is being done, such as `train codebook`
  /// @param totalUnits units of work in this phase, 0 if unknown
  void phase(String name, long totalUnits);

  /// `units` more units of the current phase are done.
  ///
  /// @param units how many more are done
  void advance(long units);

  /// Something worth saying to whoever waits, such as a choice that was made.
  ///
  /// @param message what went wrong
  default void note(String message) {}
}
