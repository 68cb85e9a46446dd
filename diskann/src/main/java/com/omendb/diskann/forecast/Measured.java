package com.omendb.diskann.forecast;

import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.store.Residency;

/// Every constant of the forecasts, with its origin. Nothing else in this package is a measurement;
/// docs/CAPACITY.md says how they are used.
///
/// Unless something else is said: `sift-photo-1m`, 1,000,000 x 128 uint8, squared L2, R = 64, kind
/// `hybrid`, on 2 virtual processors of an AMD EPYC (Zen 4).
final class Measured {
  /// Vectors of the set behind the constants.
  static final double COUNT = 1_000_000;

  /// Bytes of one of its vectors.
  static final double VECTOR_BYTES = 128;

  /// The degree cap that it was built with.
  static final double MAX_DEGREE = 64;

  // Thread-seconds of a build: 151 of processor time at 1,000,000 and 27 at 100,000, from the file
  // to the published index, are measured. The machine was shared, so how they are split among
  // phases is an estimate from the progress of both builds.

  /// Thread-seconds to bring the vectors into their order.
  static final double ORDER_SECONDS = 6;

  /// Thread-seconds of the leaf method's comparisons.
  static final double LEAF_SECONDS = 42;

  /// By how much they grow, a vector, with each doubling of the count: an assumption, since the
  /// builds of 100,000 and 1,000,000 showed none.
  static final double BUILD_GROWTH = 0.03;

  /// Thread-seconds of its pruning.
  static final double PRUNE_SECONDS = 36;

  /// Thread-seconds of two passes of searches with a list of [#BUILD_LIST_SIZE]: from a whole build
  /// of 298 s on two threads, by an earlier version.
  static final double VAMANA_SECONDS = 520;

  /// The list size behind [#VAMANA_SECONDS].
  static final double BUILD_LIST_SIZE = 100;

  /// Thread-seconds to lay out and write pages and the graphs that are kept in memory.
  static final double LAYOUT_SECONDS = 38;

  /// Thread-seconds to train one codebook, whatever the count.
  static final double TRAIN_SECONDS = 3.5;

  /// Thread-seconds to encode with one codebook.
  static final double ENCODE_SECONDS = 4.5;

  /// Thread-seconds of upper layers and publication.
  static final double PUBLISH_SECONDS = 3;

  /// By how much a build is slower that leaves its data in scratch files: between 2.4, 1,000,000 in
  /// 300 MB, and 1.4, 10,000,000 in 2 GB.
  static final double IN_FILES_FACTOR = 2;

  /// Recalls at 10 neighbours that searches are forecast for.
  static final double[] RECALLS = {0.95, 0.98, 0.99};

  /// Code bytes a dimension that reads were measured at: 32, 48 and 64 bytes of 128.
  static final double[] CODE_SHARES = {0.25, 0.375, 0.5};

  // Residency `pages`. 32 bytes: 19 and 21.6 (at 0.981) measured, 0.98 rounded up to what `groups`
  // needs, 0.99 as `groups`. 48 and 64 bytes: in the proportion of `groups`; not measured.
  private static final double[][] PAGES = {
    {19, 21.9, 27.4}, {15.4, 16.1, 20.7}, {13.4, 14.4, 18.5}
  };

  // Residency `groups` with a graph over groups of four nodes. 32 bytes: from the simulation of
  // decision 0006, whose figures for 48 bytes were met within 1 %. 48 bytes: measured. 64 bytes:
  // measured at 0.957 to 0.981; 0.99 in the proportion of 48 bytes.
  private static final double[][] GROUPS = {{15.6, 21.9, 27}, {12.6, 16.1, 20.4}, {11, 14.4, 18.2}};

  // Residency `groups` with a graph over pages: measured, all queries, in a straight line between
  // the list sizes next to each recall; 64 bytes at 0.95: the line through 0.963 and 0.970.
  private static final double[][] PAGE_MEANS = {
    {15.1, 20.4, 24.9}, {11.6, 14.8, 17.6}, {9.8, 11.6, 13.3}
  };

  // Residency `graph`. 64 bytes: measured. 48 bytes: simulation of decision 0006. 32 bytes: in the
  // proportion of 48 bytes to `groups`; not measured.
  private static final double[][] GRAPH = {
    {14.7, 20.4, 23.3}, {11.9, 15, 17.6}, {9.2, 10.75, 12.9}
  };

  /// By how much reads grow with each doubling of the count, as a part of those at 1,000,000: 0.056
  /// to 0.10 between 100,000 and 1,000,000, codes of 64 bytes, `groups` and `graph`. That it goes
  /// on in a straight line beyond is an assumption.
  static final double READ_GROWTH = 0.07;

  /// Reads grow with this power of the bytes of a record, since fewer share a page: about 17 a
  /// query for 259 bytes and 57 for a page (`gist-photo-50k`), of an earlier engine, at recall
  /// 0.95.
  static final double RECORD_POWER = 0.43;

  /// The share of a device's random reads that searches got of it: 0.57 to 0.68 with the processors
  /// as the limit; the same is assumed where the device is.
  static final double DEVICE_SHARE = 0.6;

  // Microseconds of one core a query, two threads in batches, at the three recalls. `pages`: 426 at
  // 0.98, the others in the proportion of reads.
  private static final double[] PAGES_MICROS = {370, 426, 533};
  private static final double[] GROUPS_MICROS = {316, 338, 395};
  // As with groups at equal recall: assumed.
  private static final double[] PAGE_MEANS_MICROS = {316, 338, 395};
  private static final double[] GRAPH_MICROS = {259, 269, 307};
  private static final double[] ALL_MICROS = {110, 160, 220};

  private Measured() {}

  /// Page reads a query at each of [#RECALLS], by the code shares of [#CODE_SHARES].
  static double[][] reads(Residency residency, CoarseGraph coarse) {
    return switch (residency) {
      case PAGES -> PAGES;
      case GROUPS -> coarse == CoarseGraph.PAGES ? PAGE_MEANS : GROUPS;
      case GRAPH -> GRAPH;
      case ALL -> new double[CODE_SHARES.length][RECALLS.length];
    };
  }

  /// The row of [#reads] at which the time of processors was measured.
  static int measuredCodes(Residency residency) {
    return switch (residency) {
      case PAGES -> 0;
      case GROUPS -> 1;
      case GRAPH, ALL -> 2;
    };
  }

  /// Microseconds of one core a query at each of [#RECALLS].
  static double[] micros(Residency residency, CoarseGraph coarse) {
    return switch (residency) {
      case PAGES -> PAGES_MICROS;
      case GROUPS -> coarse == CoarseGraph.PAGES ? PAGE_MEANS_MICROS : GROUPS_MICROS;
      case GRAPH -> GRAPH_MICROS;
      case ALL -> ALL_MICROS;
    };
  }
}
