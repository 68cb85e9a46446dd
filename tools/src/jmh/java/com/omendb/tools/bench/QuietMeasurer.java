package com.omendb.tools.bench;

import java.io.IOException;

/// Measures, and measures again what was taken while other processes were busy, as long as its
/// patience lasts. Whether a figure is kept depends on the neighbours alone, never on the figure.
/// Not thread-safe.
final class QuietMeasurer {
  private static final long PAUSE_MILLIS = 500;

  private final QueryLoop loop;
  private final double seconds;
  private final double quietCores;
  private long patienceNanos;
  private int disturbed;

  /// @param seconds least time of one measurement
  /// @param quietCores cores that others may keep busy meanwhile
  /// @param patienceSeconds time to spend on repeating, over all measurements
  QuietMeasurer(QueryLoop loop, double seconds, double quietCores, double patienceSeconds) {
    this.loop = loop;
    this.seconds = seconds;
    this.quietCores = quietCores;
    this.patienceNanos = (long) (patienceSeconds * 1e9);
  }

  /// Runs once without measuring, however busy the machine is: that needs no patience.
  void warmUp(Engine engine, Effort effort, int threads) throws IOException, InterruptedException {
    var _ = loop.run(engine, effort, threads, seconds);
  }

  /// One measurement, undisturbed if patience allowed it.
  Measurement measure(Engine engine, Effort effort, int threads)
      throws IOException, InterruptedException {
    while (true) {
      long begin = System.nanoTime();
      MachineLoad before = MachineLoad.now();
      Measurement measured = loop.run(engine, effort, threads, seconds);
      boolean quiet = MachineLoad.now().othersSince(before) <= quietCores;
      if (quiet || patienceNanos <= 0) {
        disturbed += quiet ? 0 : 1;
        return measured;
      }
      Thread.sleep(PAUSE_MILLIS);
      patienceNanos -= System.nanoTime() - begin;
    }
  }

  /// Measurements that were kept although they were disturbed.
  int disturbed() {
    return disturbed;
  }
}
