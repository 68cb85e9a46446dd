package com.omendb.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Memory and search cost of an index under a budget, computed without the index. Immutable; its
/// map keeps its order.
///
/// @param residency how much of the graph would be in memory
/// @param code the code in memory, such as `pq:48`; empty if there is none
/// @param memoryBytes bytes by purpose, as [IndexInfo#memoryBytes] of the open index would be
/// @param deviceShare share of a device's rate of random reads that searches reach, 0 to 1
/// @param points cost of a search at several recalls, ascending
public record ServingForecast(
    Residency residency,
    String code,
    Map<String, Long> memoryBytes,
    double deviceShare,
    List<Point> points) {

  private static final double MICROS_A_SECOND = 1e6;

  /// What a search costs.
  ///
  /// @param recall share of the 10 true neighbours that a search finds, 0 to 1
  /// @param pageReads pages read a query, with an empty cache
  /// @param cpuMicros time on one core a query, in microseconds
  public record Point(double recall, double pageReads, double cpuMicros) {

    /// {@return queries a second that cores can compute}
    ///
    /// @param cores number of processor cores
    public double queriesOfCores(int cores) {
      return cores * MICROS_A_SECOND / cpuMicros;
    }

    /// {@return queries a second that a device can read for; infinite if they read nothing}
    ///
    /// @param readsPerSecond random page reads a second that searches get from the device
    public double queriesOfDevice(double readsPerSecond) {
      return pageReads == 0 ? Double.POSITIVE_INFINITY : readsPerSecond / pageReads;
    }
  }

  /// Copies the collections.
  public ServingForecast {
    memoryBytes = Collections.unmodifiableMap(new LinkedHashMap<>(memoryBytes));
    points = List.copyOf(points);
  }

  /// {@return all memory of [#memoryBytes]}
  public long totalBytes() {
    return memoryBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// {@return queries a second: what the cores or the device allow, whichever is less}
  ///
  /// @param readsPerSecond random page reads a second that the device can do
  /// @param point one of [#points]
  /// @param cores number of processor cores
  public double queriesPerSecond(Point point, int cores, double readsPerSecond) {
    return Math.min(
        point.queriesOfCores(cores), point.queriesOfDevice(readsPerSecond * deviceShare));
  }
}
