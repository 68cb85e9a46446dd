package com.omendb.pq.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Centroid kernels whose lanes are centroids: one element of the point is broadcast against the
/// same column of as many centroids as a vector holds.
///
/// Eight vectors of centroids make a block with eight sums in registers; 256 centroids are two
/// blocks of 512-bit vectors, four of 256 or eight of 128 bits.
public final class VectorCentroidKernels implements CentroidKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR_BYTES = 4L * LANES;
  private static final long BLOCK_BYTES = 8 * VECTOR_BYTES;
  private static final int BLOCKS = CENTROID_COUNT / (8 * LANES);
  private static final FloatVector LANE_NUMBERS = FloatVector.zero(SPECIES).addIndex(1);

  /// A stateless instance.
  public VectorCentroidKernels() {}

  /// Whether vectors of this machine's preferred width divide the centroids evenly.
  public static boolean supported() {
    return LANES >= 4 && CENTROID_COUNT % (8 * LANES) == 0;
  }

  @Override
  public void assign(
      long points,
      long pointStrideBytes,
      int count,
      long codebook,
      int length,
      long codes,
      long codeStrideBytes) {
    for (int i = 0; i < count; i++) {
      int nearest = nearest(points + i * pointStrideBytes, codebook, length);
      ALL.set(BYTE, codes + i * codeStrideBytes, (byte) nearest);
    }
  }

  /// Each lane remembers its smallest distance and, as a float, the vector it was in. The lowest
  /// centroid number among the smallest lanes wins, as in a loop over all centroids.
  private static int nearest(long point, long codebook, int length) {
    FloatVector smallest = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector winner = FloatVector.zero(SPECIES);
    for (int block = 0; block < BLOCKS; block++) {
      FloatVector d0 = FloatVector.zero(SPECIES);
      FloatVector d1 = d0;
      FloatVector d2 = d0;
      FloatVector d3 = d0;
      FloatVector d4 = d0;
      FloatVector d5 = d0;
      FloatVector d6 = d0;
      FloatVector d7 = d0;
      long at = codebook + block * BLOCK_BYTES;
      for (int column = 0; column < length; column++) {
        FloatVector q = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, point + 4L * column));
        d0 = addSquare(d0, q, at);
        d1 = addSquare(d1, q, at + VECTOR_BYTES);
        d2 = addSquare(d2, q, at + 2 * VECTOR_BYTES);
        d3 = addSquare(d3, q, at + 3 * VECTOR_BYTES);
        d4 = addSquare(d4, q, at + 4 * VECTOR_BYTES);
        d5 = addSquare(d5, q, at + 5 * VECTOR_BYTES);
        d6 = addSquare(d6, q, at + 6 * VECTOR_BYTES);
        d7 = addSquare(d7, q, at + 7 * VECTOR_BYTES);
        at += COLUMN_BYTES;
      }
      float first = 8 * block;
      VectorMask<Float> m0 = d0.lt(smallest);
      smallest = smallest.blend(d0, m0);
      winner = winner.blend(first, m0);
      VectorMask<Float> m1 = d1.lt(smallest);
      smallest = smallest.blend(d1, m1);
      winner = winner.blend(first + 1, m1);
      VectorMask<Float> m2 = d2.lt(smallest);
      smallest = smallest.blend(d2, m2);
      winner = winner.blend(first + 2, m2);
      VectorMask<Float> m3 = d3.lt(smallest);
      smallest = smallest.blend(d3, m3);
      winner = winner.blend(first + 3, m3);
      VectorMask<Float> m4 = d4.lt(smallest);
      smallest = smallest.blend(d4, m4);
      winner = winner.blend(first + 4, m4);
      VectorMask<Float> m5 = d5.lt(smallest);
      smallest = smallest.blend(d5, m5);
      winner = winner.blend(first + 5, m5);
      VectorMask<Float> m6 = d6.lt(smallest);
      smallest = smallest.blend(d6, m6);
      winner = winner.blend(first + 6, m6);
      VectorMask<Float> m7 = d7.lt(smallest);
      smallest = smallest.blend(d7, m7);
      winner = winner.blend(first + 7, m7);
    }
    float minimum = smallest.reduceLanes(VectorOperators.MIN);
    FloatVector numbers = winner.mul(LANES).add(LANE_NUMBERS);
    return (int) numbers.reduceLanes(VectorOperators.MIN, smallest.eq(minimum));
  }

  @Override
  public void squaredDistances(long point, long codebook, int length, float factor, long target) {
    for (int block = 0; block < BLOCKS; block++) {
      long skip = block * BLOCK_BYTES;
      squaredDistancesOfBlock(point, codebook + skip, length, factor, target + skip);
    }
  }

  private static void squaredDistancesOfBlock(
      long point, long codebook, int length, float factor, long target) {
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector d1 = d0;
    FloatVector d2 = d0;
    FloatVector d3 = d0;
    FloatVector d4 = d0;
    FloatVector d5 = d0;
    FloatVector d6 = d0;
    FloatVector d7 = d0;
    long at = codebook;
    for (int column = 0; column < length; column++) {
      FloatVector q = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, point + 4L * column));
      d0 = addSquare(d0, q, at);
      d1 = addSquare(d1, q, at + VECTOR_BYTES);
      d2 = addSquare(d2, q, at + 2 * VECTOR_BYTES);
      d3 = addSquare(d3, q, at + 3 * VECTOR_BYTES);
      d4 = addSquare(d4, q, at + 4 * VECTOR_BYTES);
      d5 = addSquare(d5, q, at + 5 * VECTOR_BYTES);
      d6 = addSquare(d6, q, at + 6 * VECTOR_BYTES);
      d7 = addSquare(d7, q, at + 7 * VECTOR_BYTES);
      at += COLUMN_BYTES;
    }
    store(d0.mul(factor), target);
    store(d1.mul(factor), target + VECTOR_BYTES);
    store(d2.mul(factor), target + 2 * VECTOR_BYTES);
    store(d3.mul(factor), target + 3 * VECTOR_BYTES);
    store(d4.mul(factor), target + 4 * VECTOR_BYTES);
    store(d5.mul(factor), target + 5 * VECTOR_BYTES);
    store(d6.mul(factor), target + 6 * VECTOR_BYTES);
    store(d7.mul(factor), target + 7 * VECTOR_BYTES);
  }

  @Override
  public void negatedDots(long point, long codebook, int length, long target) {
    for (int block = 0; block < BLOCKS; block++) {
      long skip = block * BLOCK_BYTES;
      negatedDotsOfBlock(point, codebook + skip, length, target + skip);
    }
  }

  private static void negatedDotsOfBlock(long point, long codebook, int length, long target) {
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector d1 = d0;
    FloatVector d2 = d0;
    FloatVector d3 = d0;
    FloatVector d4 = d0;
    FloatVector d5 = d0;
    FloatVector d6 = d0;
    FloatVector d7 = d0;
    long at = codebook;
    for (int column = 0; column < length; column++) {
      FloatVector q = FloatVector.broadcast(SPECIES, ALL.get(FLOAT, point + 4L * column));
      d0 = d0.sub(q.mul(load(at)));
      d1 = d1.sub(q.mul(load(at + VECTOR_BYTES)));
      d2 = d2.sub(q.mul(load(at + 2 * VECTOR_BYTES)));
      d3 = d3.sub(q.mul(load(at + 3 * VECTOR_BYTES)));
      d4 = d4.sub(q.mul(load(at + 4 * VECTOR_BYTES)));
      d5 = d5.sub(q.mul(load(at + 5 * VECTOR_BYTES)));
      d6 = d6.sub(q.mul(load(at + 6 * VECTOR_BYTES)));
      d7 = d7.sub(q.mul(load(at + 7 * VECTOR_BYTES)));
      at += COLUMN_BYTES;
    }
    store(d0, target);
    store(d1, target + VECTOR_BYTES);
    store(d2, target + 2 * VECTOR_BYTES);
    store(d3, target + 3 * VECTOR_BYTES);
    store(d4, target + 4 * VECTOR_BYTES);
    store(d5, target + 5 * VECTOR_BYTES);
    store(d6, target + 6 * VECTOR_BYTES);
    store(d7, target + 7 * VECTOR_BYTES);
  }

  private static FloatVector addSquare(FloatVector sum, FloatVector q, long address) {
    FloatVector difference = q.sub(load(address));
    return sum.add(difference.mul(difference));
  }

  private static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(SPECIES, ALL, address, LITTLE_ENDIAN);
  }

  private static void store(FloatVector vector, long address) {
    vector.intoMemorySegment(ALL, address, LITTLE_ENDIAN);
  }
}
