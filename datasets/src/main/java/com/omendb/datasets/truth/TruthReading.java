package com.omendb.datasets.truth;

import com.omendb.vectors.Metric;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// How the numbers of a ground truth are meant: programs count rows from 0 or from 1, and write
/// distances in several ways.
///
/// @param firstRow the number of the first row, 0 or 1
/// @param scale how the distances are written
public record TruthReading(int firstRow, Scale scale) {
  /// Rows from 0, distances as OmenDB computes them.
  public static final TruthReading AS_IT_IS = new TruthReading(0, Scale.SAME);

  /// Ways to write a distance.
  public enum Scale {
    /// As OmenDB computes it.
    SAME("as they are"),
    /// Its root: the Euclidean distance instead of the squared one.
    ROOTS("Euclidean distances; they were squared"),
    /// Its negative: the inner product itself.
    NEGATED("inner products; they were negated"),
    /// One minus it: the cosine itself.
    COSINES("cosines; they were subtracted from 1"),
    /// Twice it: the squared Euclidean distance of vectors of length 1 instead of one minus the
    /// cosine.
    DOUBLED("squared Euclidean distances of vectors of length 1; they were halved");

    private final String note;

    Scale(String note) {
      this.note = note;
    }

    /// The distance as OmenDB computes it.
    float distance(float written) {
      return switch (this) {
        case SAME -> written;
        case ROOTS -> written * written;
        case NEGATED -> -written;
        case COSINES -> 1 - written;
        case DOUBLED -> written / 2;
      };
    }
  }

  static TruthReading ofScale(Scale scale) {
    return new TruthReading(0, scale);
  }

  /// {@return all readings that are known for a metric, [#AS_IT_IS] first}
  ///
  /// @param metric metric of the truth
  public static List<TruthReading> known(Metric metric) {
    List<Scale> scales =
        switch (metric) {
          case SQUARED_L2 -> List.of(Scale.SAME, Scale.ROOTS);
          case INNER_PRODUCT -> List.of(Scale.SAME, Scale.NEGATED);
          case COSINE -> List.of(Scale.SAME, Scale.COSINES, Scale.DOUBLED);
        };
    List<TruthReading> readings = new ArrayList<>();
    for (int firstRow = 0; firstRow <= 1; firstRow++) {
      for (Scale scale : scales) {
        readings.add(new TruthReading(firstRow, scale));
      }
    }
    return readings;
  }

  /// {@return notes for the user on how the truth is read; none if it is read as it is}
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (firstRow != 0) {
      notes.add("the ground truth counts rows from 1; they were counted from 0");
    }
    if (scale != Scale.SAME) {
      notes.add("the distances of the ground truth are " + scale.note);
    }
    return notes;
  }

  /// The row that a written number stands for; [GroundTruth#EMPTY] stays.
  int row(int written) {
    return written == GroundTruth.EMPTY ? written : written - firstRow;
  }

  /// {@return the truth in OmenDB's own numbers}
  ///
  /// @param truth as it was read
  public GroundTruth applyTo(GroundTruth truth) {
    if (equals(AS_IT_IS)) {
      return truth;
    }
    Arena arena = Arena.ofAuto();
    long cells = truth.queryCount() * truth.k();
    MemorySegment ids = arena.allocate(NativeMemory.INT, cells);
    for (long cell = 0; cell < cells; cell++) {
      ids.setAtIndex(NativeMemory.INT, cell, row(truth.ids().getAtIndex(NativeMemory.INT, cell)));
    }
    if (!truth.hasDistances()) {
      return new GroundTruth(truth.queryCount(), truth.k(), ids, truth.distances());
    }
    MemorySegment distances = arena.allocate(NativeMemory.FLOAT, cells);
    for (long cell = 0; cell < cells; cell++) {
      float written = truth.distances().getAtIndex(NativeMemory.FLOAT, cell);
      distances.setAtIndex(NativeMemory.FLOAT, cell, scale.distance(written));
    }
    return new GroundTruth(truth.queryCount(), truth.k(), ids, distances);
  }
}
