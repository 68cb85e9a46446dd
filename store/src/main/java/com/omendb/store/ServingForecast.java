package com.omendb.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How an index would be served under a budget, worked out without one. Immutable; its map keeps
/// its order.
///
/// @param residency how much of the graph would be in memory
/// @param code the code in memory, such as `pq:48`; empty if there is none
/// @param memoryBytes memory by purpose, as [IndexInfo#memoryBytes] would tell it
/// @param deviceShare the share of a device's rate of random reads that searches reach
/// @param points what searches cost at some recalls, recall ascending
public record ServingForecast(
    Residency residency,
    String code,
    Map<String, Long> memoryBytes,
    double deviceShare,
    List<Point> points) {

  private static final double MICROS_A_SECOND = 1e6;

  /// What a search costs.
  ///
  /// @param recall the share of the 10 true neighbours that are found
  /// @param pageReads page reads a query, from an empty cache
  /// @param cpuMicros time on one core a query, in microseconds
  public record Point(double recall, double pageReads, double cpuMicros) {

    /// {@return queries a second that cores can compute}
    ///
    /// @param cores processors
    public double queriesOfCores(int cores) {
      return cores * MICROS_A_SECOND / cpuMicros;
    }

    /// {@return queries a second that a device can read for; infinite if they read nothing}
    ///
    /// @param readsPerSecond random reads of a page that searches get of it
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
  /// @param readsPerSecond random reads of a page that the device does at its best
  /// @param point recall and cost of a search
  /// @param cores processors
  public double queriesPerSecond(Point point, int cores, double readsPerSecond) {
    return Math.min(
        point.queriesOfCores(cores), point.queriesOfDevice(readsPerSecond * deviceShare));
  }
}
