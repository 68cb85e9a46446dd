package com.omendb.pagecache.testing;

/// What goes wrong in a [FaultyStorage], and when. Operations are counted from 0.
///
/// @param crashAt operation before which the machine crashes
/// @param failAt first operation that fails with an input/output error
/// @param failures how many operations from there on fail
/// @param diskBytes that may be written before the disk is full
/// @param shortTransfers whether writes and reads move fewer bytes than they could
public record Faults(
    long crashAt, long failAt, long failures, long diskBytes, boolean shortTransfers) {
  /// Nothing goes wrong.
  public static final Faults NONE =
      new Faults(Long.MAX_VALUE, Long.MAX_VALUE, 0, Long.MAX_VALUE, false);

  /// The same with a crash.
  public Faults withCrashAt(long operation) {
    return new Faults(operation, failAt, failures, diskBytes, shortTransfers);
  }

  /// The same with operations that fail.
  public Faults withFailures(long firstOperation, long count) {
    return new Faults(crashAt, firstOperation, count, diskBytes, shortTransfers);
  }

  /// The same on a disk with so much room.
  public Faults withDiskBytes(long bytes) {
    return new Faults(crashAt, failAt, failures, bytes, shortTransfers);
  }

  /// The same with short reads and writes.
  public Faults withShortTransfers() {
    return new Faults(crashAt, failAt, failures, diskBytes, true);
  }

  boolean failsAt(long operation) {
    return operation >= failAt && operation - failAt < failures;
  }
}
