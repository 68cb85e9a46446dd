package com.omendb.diskann.layout;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The means of groups of consecutive nodes.
public final class GroupMeans {
  private GroupMeans() {}

  /// Computes the mean of the vectors of each group, in their element type.
  ///
  /// @param firstNodes the first node of a group; of group number `groups`, the number of nodes
  /// @param arena holds the means
  public static VectorSource of(
      VectorSource vectors,
      NodeOrder order,
      int groups,
      IntUnaryOperator firstNodes,
      Arena arena) {
    int dimension = vectors.dimension();
    ElementType type = vectors.elementType();
    MemorySegment means =
        AlignedMemory.allocate(arena, (long) groups * type.vectorBytes(dimension), 64);
    double[] sum = new double[dimension];
    int first = firstNodes.applyAsInt(0);
    for (int group = 0; group < groups; group++) {
      int end = firstNodes.applyAsInt(group + 1);
      Arrays.fill(sum, 0);
      for (int node = first; node < end; node++) {
        add(vectors, vectors.offset(order.row(node)), sum);
      }
      write(sum, end - first, means, (long) group * type.vectorBytes(dimension), type);
      first = end;
    }
    return VectorSource.dense(means, groups, dimension, type);
  }

  private static void add(VectorSource vectors, long offset, double[] sum) {
    MemorySegment segment = vectors.segment();
    for (int i = 0; i < sum.length; i++) {
      sum[i] +=
          switch (vectors.elementType()) {
            case FLOAT32 -> segment.get(NativeMemory.FLOAT, offset + (long) i * Float.BYTES);
            case UINT8 -> Byte.toUnsignedInt(segment.get(NativeMemory.BYTE, offset + i));
            case INT8 -> segment.get(NativeMemory.BYTE, offset + i);
          };
    }
  }

  private static void write(
      double[] sum, int count, MemorySegment means, long target, ElementType type) {
    for (int i = 0; i < sum.length; i++) {
      double mean = sum[i] / count;
      switch (type) {
        case FLOAT32 ->
            means.set(NativeMemory.FLOAT, target + (long) i * Float.BYTES, (float) mean);
        case UINT8, INT8 -> means.set(NativeMemory.BYTE, target + i, (byte) Math.round(mean));
      }
    }
  }
}
