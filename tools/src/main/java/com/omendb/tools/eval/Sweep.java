package com.omendb.tools.eval;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Chooses the searchListSizes of a sweep, so that recall runs from about 0.8 to 0.999 in ten steps
/// or more, whatever the index: pilot runs on a sample find where the two ends lie, and the sizes
/// between grow geometrically.
public final class Sweep {
  /// Recall that a sweep begins at, if the shortest list stays below it.
  public static final double LOW_RECALL = 0.8;

  /// Recall that ends a sweep.
  public static final double HIGH_RECALL = 0.999;

  private static final int STEPS = 12;
  private static final double PILOT_GROWTH = 1.5;
  private static final int NARROWING_STEPS = 3;

  /// Growth without any gain in recall after which longer lists are given up.
  private static final int PATIENCE = 3;

  private Sweep() {}

  /// Tells the recall that a searchListSize reaches.
  @FunctionalInterface
  public interface Pilot {
    /// Recall on a sample.
    double recall(int searchListSize) throws IOException, InterruptedException;
  }

  /// The sizes to measure, ascending, at least ten of them unless the limit forbids.
  ///
  /// @param k the shortest list
  /// @param limit the longest list
  public static List<Integer> plan(int k, int limit, Pilot pilot)
      throws IOException, InterruptedException {
    int low = k;
    int above = 0;
    int high = k;
    double best = -1;
    int stale = 0;
    for (int size = k; ; size = next(size, limit)) {
      double recall = pilot.recall(size);
      high = size;
      if (recall <= LOW_RECALL && above == 0) {
        low = size;
      } else if (above == 0) {
        above = size;
      }
      stale = recall > best ? 0 : stale + 1;
      best = Math.max(best, recall);
      if (recall >= HIGH_RECALL || size >= limit || stale >= PATIENCE) {
        break;
      }
    }
    // A curve that never comes above the low end is shown whole.
    low = above == 0 ? k : narrow(low, above, pilot);
    return between(low, Math.min(limit, Math.max(high, low + STEPS - 1)));
  }

  /// A larger size than `low` whose recall still is below the low end, if it is found in a few
  /// steps; `above` is over it.
  private static int narrow(int low, int above, Pilot pilot)
      throws IOException, InterruptedException {
    int under = low;
    int over = above;
    for (int step = 0; step < NARROWING_STEPS && over - under > 1; step++) {
      int middle = (under + over) >>> 1;
      if (pilot.recall(middle) <= LOW_RECALL) {
        under = middle;
      } else {
        over = middle;
      }
    }
    return under;
  }

  /// Sizes from `low` to `high` that grow geometrically, each once.
  static List<Integer> between(int low, int high) {
    List<Integer> sizes = new ArrayList<>();
    int last = low - 1;
    for (int step = 0; step < STEPS; step++) {
      double share = (double) step / (STEPS - 1);
      long size = Math.round(low * Math.pow((double) high / low, share));
      // Where geometric steps are shorter than one, the sizes grow by one.
      int next = (int) Math.min(high, Math.max(size, last + 1L));
      if (next > last) {
        sizes.add(next);
        last = next;
      }
    }
    return sizes;
  }

  /// The size after `size`, half as long again: the step of the pilot runs, and of a sweep whose
  /// last measured recall fell short.
  public static int next(int size, int limit) {
    return (int) Math.min(limit, Math.max(size + 1L, Math.round(size * PILOT_GROWTH)));
  }
}
