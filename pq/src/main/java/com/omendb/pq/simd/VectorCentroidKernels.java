package com.omendb.pq.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Centroid kernels with the Vector API, for vectors of 128, 256 or 512 bits.
///
/// Assignment has points in its lanes: two vectors of points meet two centroids at a time, so that
/// a centroid's element is loaded once for both and no sum over lanes is needed. The distances of
/// one point have centroids in their lanes, four vectors of them a block. Loops hold four sums, no
/// more: with eight, C2 keeps some of them as objects on the heap.
public final class VectorCentroidKernels implements CentroidKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR_BYTES = 4L * LANES;
  private static final long BLOCK_BYTES = 4 * VECTOR_BYTES;

  /// A stateless instance.
  public VectorCentroidKernels() {}

  /// Whether two vectors of this machine's preferred width divide a group of points evenly.
  public static boolean supported() {
    return LANES >= 4 && GROUP_POINTS % (2 * LANES) == 0;
  }

  @Override
  public void assign(
      long points, long groupBytes, int groupCount, long codebook, int length, long numbers) {
    for (int group = 0; group < groupCount; group++) {
      for (long skip = 0; skip < GROUP_COLUMN_BYTES; skip += 2 * VECTOR_BYTES) {
        long target = numbers + group * GROUP_COLUMN_BYTES + skip;
        assignLanes(points + group * groupBytes + skip, codebook, length, target);
      }
    }
  }

  /// Centroid numbers are kept as floats until the end: one kind of mask then serves both blends.
  private static void assignLanes(long points, long codebook, int length, long numbers) {
    FloatVector smallestA = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector smallestB = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector nearestA = FloatVector.zero(SPECIES);
    FloatVector nearestB = FloatVector.zero(SPECIES);
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid += 2) {
      FloatVector a0 = FloatVector.zero(SPECIES);
      FloatVector a1 = FloatVector.zero(SPECIES);
      FloatVector b0 = FloatVector.zero(SPECIES);
      FloatVector b1 = FloatVector.zero(SPECIES);
      long point = points;
      long element = codebook + 4L * centroid;
      for (int column = 0; column < length; column++) {
        FloatVector a = load(point);
        FloatVector b = load(point + VECTOR_BYTES);
        FloatVector c0 = broadcast(element);
        a0 = addSquare(a0, a.sub(c0));
        b0 = addSquare(b0, b.sub(c0));
        FloatVector c1 = broadcast(element + Float.BYTES);
        a1 = addSquare(a1, a.sub(c1));
        b1 = addSquare(b1, b.sub(c1));
        point += GROUP_COLUMN_BYTES;
        element += COLUMN_BYTES;
      }
      VectorMask<Float> nearer = a0.lt(smallestA);
      smallestA = smallestA.blend(a0, nearer);
      nearestA = nearestA.blend((float) centroid, nearer);
      nearer = a1.lt(smallestA);
      smallestA = smallestA.blend(a1, nearer);
      nearestA = nearestA.blend((float) centroid + 1, nearer);
      nearer = b0.lt(smallestB);
      smallestB = smallestB.blend(b0, nearer);
      nearestB = nearestB.blend((float) centroid, nearer);
      nearer = b1.lt(smallestB);
      smallestB = smallestB.blend(b1, nearer);
      nearestB = nearestB.blend((float) centroid + 1, nearer);
    }
    storeAsInts(nearestA, numbers);
    storeAsInts(nearestB, numbers + VECTOR_BYTES);
  }

  @Override
  public void squaredDistances(long point, long codebook, int length, float factor, long target) {
    for (long skip = 0; skip < COLUMN_BYTES; skip += BLOCK_BYTES) {
      squaredDistancesOfBlock(point, codebook + skip, length, factor, target + skip);
    }
  }

  private static void squaredDistancesOfBlock(
      long point, long codebook, int length, float factor, long target) {
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector d1 = FloatVector.zero(SPECIES);
    FloatVector d2 = FloatVector.zero(SPECIES);
    FloatVector d3 = FloatVector.zero(SPECIES);
    long at = codebook;
    for (int column = 0; column < length; column++) {
      FloatVector q = broadcast(point + 4L * column);
      d0 = addSquare(d0, q.sub(load(at)));
      d1 = addSquare(d1, q.sub(load(at + VECTOR_BYTES)));
      d2 = addSquare(d2, q.sub(load(at + 2 * VECTOR_BYTES)));
      d3 = addSquare(d3, q.sub(load(at + 3 * VECTOR_BYTES)));
      at += COLUMN_BYTES;
    }
    store(d0.mul(factor), target);
    store(d1.mul(factor), target + VECTOR_BYTES);
    store(d2.mul(factor), target + 2 * VECTOR_BYTES);
    store(d3.mul(factor), target + 3 * VECTOR_BYTES);
  }

  @Override
  public void negatedDots(long point, long codebook, int length, long target) {
    for (long skip = 0; skip < COLUMN_BYTES; skip += BLOCK_BYTES) {
      negatedDotsOfBlock(point, codebook + skip, length, target + skip);
    }
  }

  private static void negatedDotsOfBlock(long point, long codebook, int length, long target) {
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector d1 = FloatVector.zero(SPECIES);
    FloatVector d2 = FloatVector.zero(SPECIES);
    FloatVector d3 = FloatVector.zero(SPECIES);
    long at = codebook;
    for (int column = 0; column < length; column++) {
      FloatVector q = FloatVector.broadcast(SPECIES, -ALL.get(FLOAT, point + 4L * column));
      d0 = q.fma(load(at), d0);
      d1 = q.fma(load(at + VECTOR_BYTES), d1);
      d2 = q.fma(load(at + 2 * VECTOR_BYTES), d2);
      d3 = q.fma(load(at + 3 * VECTOR_BYTES), d3);
      at += COLUMN_BYTES;
    }
    store(d0, target);
    store(d1, target + VECTOR_BYTES);
    store(d2, target + 2 * VECTOR_BYTES);
    store(d3, target + 3 * VECTOR_BYTES);
  }

  private static FloatVector addSquare(FloatVector sum, FloatVector difference) {
    return difference.fma(difference, sum);
  }

  private static FloatVector broadcast(long address) {
    return FloatVector.broadcast(SPECIES, ALL.get(FLOAT, address));
  }

  private static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(SPECIES, ALL, address, LITTLE_ENDIAN);
  }

  private static void store(FloatVector vector, long address) {
    vector.intoMemorySegment(ALL, address, LITTLE_ENDIAN);
  }

  private static void storeAsInts(FloatVector vector, long address) {
    ((IntVector) vector.convertShape(VectorOperators.F2I, INTS, 0))
        .intoMemorySegment(ALL, address, LITTLE_ENDIAN);
  }
}
