package com.omendb.diskann.building;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Rows and near neighbours of theirs: what the error of codes is measured over, because it is the
/// near ones that a search has to tell apart.
public final class NearPairs {
  private static final int SAMPLE = 2_000;
  private static final int NEAREST = 10;

  /// The most pairs of a sample.
  static final int MOST = SAMPLE * NEAREST;

  private final long[] rows;
  private final long[] neighbours;

  NearPairs(long[] rows, long[] neighbours) {
    this.rows = rows;
    this.neighbours = neighbours;
  }

  /// Rows, each several times. Not a copy.
  long[] rows() {
    return rows;
  }

  /// For each of the rows, one near it. Not a copy.
  long[] neighbours() {
    return neighbours;
  }

  /// Some rows with those of their neighbours in the graph that are nearest.
  public static NearPairs sample(NodeSpace space, Adjacency graph, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] neighbours = new int[graph.slots()];
    float[] distances = new float[graph.slots()];
    long[] keys = new long[graph.slots()];
    long[] rows = new long[MOST];
    long[] near = new long[MOST];
    int count = 0;
    for (int i = 0; i < SAMPLE; i++) {
      int row = random.nextInt(space.count());
      int degree = graph.copy(row, neighbours);
      space.distances(row, neighbours, degree, distances);
      for (int j = 0; j < degree; j++) {
        keys[j] = (long) Float.floatToRawIntBits(distances[j]) << 32 | neighbours[j];
      }
      Arrays.sort(keys, 0, degree);
      for (int j = 0; j < Math.min(NEAREST, degree); j++) {
        rows[count] = row;
        near[count++] = (int) keys[j];
      }
    }
    if (count == 0) {
      // A graph without edges is one of a single vector, which is its own neighbour.
      return new NearPairs(new long[1], new long[1]);
    }
    return new NearPairs(Arrays.copyOf(rows, count), Arrays.copyOf(near, count));
  }
}
