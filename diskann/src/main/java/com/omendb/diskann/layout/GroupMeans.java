package com.omendb.diskann.layout;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The means of groups of nodes.
public final class GroupMeans {
  private final VectorSource vectors;
  private final boolean directions;
  private final double[] vector;
  private final double[] sum;
  private double lengths;

  private GroupMeans(VectorSource vectors, Metric metric) {
    this.vectors = vectors;
    this.directions = metric == Metric.COSINE;
    this.vector = new double[vectors.dimension()];
    this.sum = new double[vectors.dimension()];
  }

  /// Computes the mean of the vectors of each group. Of a cosine index it is the mean of their
  /// directions, as long as they are on average.
  ///
  /// @param type of the means; one of integers rounds them, which leaves nothing of small numbers
  /// @param arena holds the means
  public static VectorSource of(
      VectorSource vectors,
      Metric metric,
      NodeOrder order,
      NodeGroups groups,
      ElementType type,
      Arena arena) {
    GroupMeans mean = new GroupMeans(vectors, metric);
    int count = groups.count();
    long meanBytes = type.vectorBytes(vectors.dimension());
    MemorySegment means = AlignedMemory.allocate(arena, count * meanBytes, 64);
    int first = groups.firstNode(0);
    for (int group = 0; group < count; group++) {
      int end = groups.firstNode(group + 1);
      mean.clear();
      for (int node = first; node < end; node++) {
        mean.add(vectors.offset(order.row(node)));
      }
      mean.write(end - first, type, means, group * meanBytes);
      first = end;
    }
    return VectorSource.dense(means, count, vectors.dimension(), type);
  }

  private void clear() {
    Arrays.fill(sum, 0);
    lengths = 0;
  }

  private void add(long offset) {
    read(offset);
    double scale = 1;
    if (directions) {
      double squares = 0;
      for (double element : vector) {
        squares += element * element;
      }
      double length = Math.sqrt(squares);
      lengths += length;
      scale = length > 0 ? 1 / length : 0;
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += scale * vector[i];
    }
  }

  private void read(long offset) {
    MemorySegment segment = vectors.segment();
    switch (vectors.elementType()) {
      case FLOAT32 -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = segment.get(NativeMemory.FLOAT, offset + (long) i * Float.BYTES);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = Byte.toUnsignedInt(segment.get(NativeMemory.BYTE, offset + i));
        }
      }
      case INT8 -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = segment.get(NativeMemory.BYTE, offset + i);
        }
      }
    }
  }

  private void write(int count, ElementType type, MemorySegment means, long target) {
    double scale = directions ? lengths / count / count : 1.0 / count;
    for (int i = 0; i < sum.length; i++) {
      double mean = scale * sum[i];
      switch (type) {
        case FLOAT32 ->
            means.set(NativeMemory.FLOAT, target + (long) i * Float.BYTES, (float) mean);
        case UINT8, INT8 -> means.set(NativeMemory.BYTE, target + i, (byte) Math.round(mean));
      }
    }
  }
}
