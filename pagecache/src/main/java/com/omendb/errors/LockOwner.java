package com.omendb.errors;

import java.time.Instant;

/// The process that holds the lock of a directory.
///
/// @param pid process id
/// @param host name of its machine
/// @param since when the lock was taken
public record LockOwner(long pid, String host, Instant since) {
  @Override
  public String toString() {
    return "process " + pid + " on " + host + " since " + since;
  }
}
