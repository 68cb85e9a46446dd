package com.omendb.pagecache.testing;

import java.io.IOException;

/// The machine of a [FaultyStorage] has crashed: nothing that happens afterwards reaches its disk.
public final class SimulatedCrashException extends IOException {
  private static final long serialVersionUID = 1;

  SimulatedCrashException(String operation) {
    super("simulated crash: operation=" + operation);
  }
}
