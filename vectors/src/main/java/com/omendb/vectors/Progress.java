package com.omendb.vectors;

/// Receives the progress of long work: phases, and units of work done in each. Any thread may call
/// it, so implementations must be thread-safe and cheap.
public interface Progress {

  /// A listener that ignores everything.
  Progress NONE =
      new Progress() {
        @Override
        public void phase(String name, long totalUnits) {}

        @Override
        public void advance(long units) {}
      };

  /// A new phase begins; the one before, if any, has ended.
  ///
  /// @param name what is being done, such as `train codebook`
  /// @param totalUnits units of work in this phase, 0 if unknown
  void phase(String name, long totalUnits);

  /// More units of the current phase are done.
  ///
  /// @param units number of units done since the last call
  void advance(long units);

  /// A note for the user, such as a choice that the work made.
  ///
  /// @param message one sentence without a full stop
  default void note(String message) {}
}
