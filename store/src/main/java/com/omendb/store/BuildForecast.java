package com.omendb.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a build would use, worked out without building. Immutable; its maps keep their order.
///
/// @param memoryBytes bytes in memory during each phase, by its name, if all data is in memory; the
///   largest is the peak of such a build
/// @param peakBytes bytes that the process uses at its peak if the budget does not limit it
/// @param memoryBudgetBytes the budget that was given
/// @param smallestBudgetBytes the smallest budget that works, with the data in scratch files
/// @param inFiles whether the given budget is too small to hold the data, so that the build works
///   in scratch files
/// @param scratchBytes bytes of scratch files at their peak, on the volume of the index
/// @param checkpointBytes peak bytes of the files from which an interrupted build can be resumed,
///   on the volume of the index; deleted when the index is published
/// @param fileBytes bytes of each file of the index, by name
/// @param seconds expected seconds of each phase, by its name, with the given number of threads, on
///   the machine on which the model was measured
public record BuildForecast(
    Map<String, Long> memoryBytes,
    long peakBytes,
    long memoryBudgetBytes,
    long smallestBudgetBytes,
    boolean inFiles,
    long scratchBytes,
    long checkpointBytes,
    Map<String, Long> fileBytes,
    Map<String, Double> seconds) {

  /// Copies the maps.
  public BuildForecast {
    memoryBytes = Collections.unmodifiableMap(new LinkedHashMap<>(memoryBytes));
    fileBytes = Collections.unmodifiableMap(new LinkedHashMap<>(fileBytes));
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
  }

  /// {@return bytes of the index}
  public long indexBytes() {
    return fileBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// {@return free bytes that the volume of the index must have: scratch files, checkpoints and the
  /// whole index at once}
  public long diskBytes() {
    return Math.addExact(Math.addExact(scratchBytes, checkpointBytes), indexBytes());
  }

  /// {@return expected time of the whole build}
  public double totalSeconds() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// {@return whether the given budget suffices}
  public boolean fitsMemory() {
    return smallestBudgetBytes <= memoryBudgetBytes;
  }
}
