package com.omendb.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/// How busy the machine's other processes were between two moments: figures taken beside a busy
/// neighbour are to be taken again. Zero where there is no `/proc`.
///
/// @param nanos moment, by [System#nanoTime()]
/// @param busySeconds processor time that all processes have used
/// @param ownSeconds processor time that this process has used
record MachineLoad(long nanos, double busySeconds, double ownSeconds) {
  private static final Path STAT = Path.of("/proc/stat");

  /// Linux counts processor time for programs in hundredths of a second, on every machine.
  private static final double TICKS_A_SECOND = 100;

  /// Columns of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
  private static final int IDLE = 3;

  private static final int IO_WAIT = 4;
  private static final int STEAL = 7;

  /// The counts of this moment.
  static MachineLoad now() throws IOException {
    double own =
        ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    return new MachineLoad(System.nanoTime(), Files.exists(STAT) ? readBusySeconds() : own, own);
  }

  /// Cores that other processes, or other guests of the same host, kept busy since `before`.
  double othersSince(MachineLoad before) {
    double others = busySeconds - before.busySeconds - (ownSeconds - before.ownSeconds);
    return Math.max(0, others / ((nanos - before.nanos) / 1e9));
  }

  private static double readBusySeconds() throws IOException {
    String[] columns = Files.readAllLines(STAT).getFirst().split(" +");
    long[] ticks = Arrays.stream(columns).skip(1).mapToLong(Long::parseLong).toArray();
    double busy = 0;
    for (int column = 0; column <= STEAL; column++) {
      busy += column == IDLE || column == IO_WAIT ? 0 : ticks[column];
    }
    return busy / TICKS_A_SECOND;
  }
}
