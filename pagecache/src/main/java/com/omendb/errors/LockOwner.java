package com.omendb.errors;

import java.time.Instant;

/// Who holds the lock of a directory.
///
/// @param pid process
/// @param host machine, by name
/// @param since when the lock was taken
public record LockOwner(long pid, String host, Instant since) {
  @Override
  public String toString() {
    return "process " + pid + " on " + host + " since " + since;
  }
}
