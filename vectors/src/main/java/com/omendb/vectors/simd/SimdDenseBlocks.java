package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static com.omendb.vectors.memory.NativeMemory.SHORT;
import static com.omendb.vectors.simd.Lanes.INTS;
import static com.omendb.vectors.simd.Lanes.LITTLE;
import static com.omendb.vectors.simd.Lanes.SHORTS;
import static com.omendb.vectors.simd.Lanes.VECTOR_BYTES;

import com.omendb.vectors.DenseBlockKernel;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Dense blocks in SIMD, four rows with two vectors of columns at a time.
///
/// A pair of elements of a row is broadcast as one int, which is a plain load, and meets the same
/// pair of all columns. The products are added up in 16-bit lanes: twice the products of an
/// instruction that float or int lanes have, and nothing to widen before the end. Larger tiles were
/// slower: the compiler boxes their vectors.
final class SimdDenseBlocks implements DenseBlockKernel {
  private static final long V = VECTOR_BYTES;
  private static final int LANES = INTS.length();

  // The bound on the k nearest is the k-th smallest of the minima of so many interleaved parts.
  private static final int PARTS = 16;
  private static final int PART_VECTORS = PARTS / LANES;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public int centre(long codes, long mean, int factor, long row, int pairs) {
    int elements = 2 * pairs;
    int whole = elements - elements % SHORTS.length();
    int norm = whole > 0 ? centreVectors(codes, mean, (short) factor, row, whole) : 0;
    for (int i = whole; i < elements; i++) {
      int difference = ALL.get(BYTE, codes + i) - ALL.get(SHORT, mean + 2L * i);
      int element = (difference * factor + UNIT_FACTOR / 2) >> 7;
      ALL.set(SHORT, row + 2L * i, (short) element);
      norm += element * element;
    }
    return norm;
  }

  private static int centreVectors(long codes, long mean, short factor, long row, int elements) {
    IntVector norms = IntVector.zero(INTS);
    for (int i = 0; i < elements; i += SHORTS.length()) {
      ShortVector code =
          (ShortVector)
              ByteVector.fromMemorySegment(Lanes.HALF_BYTES, ALL, codes + i, LITTLE)
                  .convertShape(VectorOperators.B2S, SHORTS, 0);
      ShortVector element =
          code.sub(ShortVector.fromMemorySegment(SHORTS, ALL, mean + 2L * i, LITTLE))
              .mul(factor)
              .add((short) (UNIT_FACTOR / 2))
              .lanewise(VectorOperators.ASHR, 7);
      element.intoMemorySegment(ALL, row + 2L * i, LITTLE);
      IntVector both = element.reinterpretAsInts();
      IntVector even = both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
      IntVector odd = both.lanewise(VectorOperators.ASHR, 16);
      norms = norms.add(even.mul(even)).add(odd.mul(odd));
    }
    return norms.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void pack(long row, long group, int column, int pairs) {
    long target = group + column * 4L;
    for (int pair = 0; pair < pairs; pair++) {
      ALL.set(INT, target + pair * V, ALL.get(INT, row + pair * 4L));
    }
  }

  @Override
  public void multiply(
      long rows,
      long rowStrideBytes,
      int rowCount,
      long columns,
      int groupCount,
      int pairs,
      long out,
      long outStrideBytes) {
    long groupBytes = pairs * V;
    // The columns of a tile stay in the nearest cache while all rows pass them.
    for (int group = 0; group < groupCount; group += GROUPS) {
      for (int row = 0; row < rowCount; row += ROWS) {
        tile(
            rows + row * rowStrideBytes,
            rowStrideBytes,
            columns + group * groupBytes,
            groupBytes,
            pairs,
            out + row * outStrideBytes + group * V,
            outStrideBytes);
      }
    }
  }

  private static void tile(
      long rows,
      long rowStride,
      long columns,
      long groupBytes,
      int pairs,
      long out,
      long outStride) {
    long row1 = rows + rowStride;
    long row2 = row1 + rowStride;
    long row3 = row2 + rowStride;
    ShortVector s00 = ShortVector.zero(SHORTS);
    ShortVector s01 = ShortVector.zero(SHORTS);
    ShortVector s10 = ShortVector.zero(SHORTS);
    ShortVector s11 = ShortVector.zero(SHORTS);
    ShortVector s20 = ShortVector.zero(SHORTS);
    ShortVector s21 = ShortVector.zero(SHORTS);
    ShortVector s30 = ShortVector.zero(SHORTS);
    ShortVector s31 = ShortVector.zero(SHORTS);
    for (int pair = 0; pair < pairs; pair++) {
      long column = columns + pair * V;
      ShortVector c0 = ShortVector.fromMemorySegment(SHORTS, ALL, column, LITTLE);
      ShortVector c1 = ShortVector.fromMemorySegment(SHORTS, ALL, column + groupBytes, LITTLE);
      ShortVector r0 = pairOf(rows + pair * 4L);
      s00 = s00.add(r0.mul(c0));
      s01 = s01.add(r0.mul(c1));
      ShortVector r1 = pairOf(row1 + pair * 4L);
      s10 = s10.add(r1.mul(c0));
      s11 = s11.add(r1.mul(c1));
      ShortVector r2 = pairOf(row2 + pair * 4L);
      s20 = s20.add(r2.mul(c0));
      s21 = s21.add(r2.mul(c1));
      ShortVector r3 = pairOf(row3 + pair * 4L);
      s30 = s30.add(r3.mul(c0));
      s31 = s31.add(r3.mul(c1));
    }
    s00.intoMemorySegment(ALL, out, LITTLE);
    s01.intoMemorySegment(ALL, out + V, LITTLE);
    s10.intoMemorySegment(ALL, out + outStride, LITTLE);
    s11.intoMemorySegment(ALL, out + outStride + V, LITTLE);
    s20.intoMemorySegment(ALL, out + 2 * outStride, LITTLE);
    s21.intoMemorySegment(ALL, out + 2 * outStride + V, LITTLE);
    s30.intoMemorySegment(ALL, out + 3 * outStride, LITTLE);
    s31.intoMemorySegment(ALL, out + 3 * outStride + V, LITTLE);
  }

  private static ShortVector pairOf(long address) {
    return IntVector.broadcast(INTS, ALL.get(INT, address)).reinterpretAsShorts();
  }

  @Override
  public void distances(long products, long norms, int rowNorm, int groupCount) {
    IntVector own = IntVector.broadcast(INTS, rowNorm);
    for (long offset = 0; offset < groupCount * V; offset += V) {
      IntVector both = IntVector.fromMemorySegment(INTS, ALL, products + offset, LITTLE);
      // Twice the even sum, and the odd sum: each shift does what its neighbour would have to.
      IntVector even = both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 15);
      IntVector odd = both.lanewise(VectorOperators.ASHR, 16).lanewise(VectorOperators.LSHL, 1);
      IntVector.fromMemorySegment(INTS, ALL, norms + offset, LITTLE)
          .add(own)
          .sub(even)
          .sub(odd)
          .intoMemorySegment(ALL, products + offset, LITTLE);
    }
  }

  @Override
  public int nearest(
      long distances,
      long ids,
      int groupCount,
      int k,
      int limit,
      long nearestIds,
      long nearestDistances) {
    // The output has room for the minima: they are done with before it is written.
    for (int part = 0; part < PART_VECTORS; part++) {
      minima(distances, part, groupCount, nearestDistances + part * V);
    }
    int bound = Math.min(kthMinimum(nearestDistances, k), FAR / 2);
    return collect(distances, ids, groupCount, bound, limit, nearestIds, nearestDistances);
  }

  private static void minima(long distances, int first, int groupCount, long out) {
    IntVector least = IntVector.broadcast(INTS, FAR);
    for (long offset = first * V; offset < groupCount * V; offset += PART_VECTORS * V) {
      least = least.min(IntVector.fromMemorySegment(INTS, ALL, distances + offset, LITTLE));
    }
    least.intoMemorySegment(ALL, out, LITTLE);
  }

  /// The k-th smallest is the largest of those below which there are fewer than k.
  private static int kthMinimum(long minima, int k) {
    int kth = Integer.MIN_VALUE;
    for (int i = 0; i < PARTS; i++) {
      int minimum = ALL.get(INT, minima + i * 4L);
      int below = 0;
      for (int part = 0; part < PART_VECTORS; part++) {
        below +=
            IntVector.fromMemorySegment(INTS, ALL, minima + part * V, LITTLE)
                .lt(minimum)
                .trueCount();
      }
      kth = below < k ? Math.max(kth, minimum) : kth;
    }
    return kth;
  }

  private static int collect(
      long distances,
      long ids,
      int groupCount,
      int bound,
      int limit,
      long nearestIds,
      long nearestDistances) {
    int found = 0;
    for (long offset = 0; offset < groupCount * V && found < limit; offset += V) {
      IntVector distance = IntVector.fromMemorySegment(INTS, ALL, distances + offset, LITTLE);
      VectorMask<Integer> near = distance.compare(VectorOperators.LE, bound);
      // Without asking whether there are any: half of the vectors have some, and a branch that is
      // guessed wrong costs more than two stores.
      distance.compress(near).intoMemorySegment(ALL, nearestDistances + found * 4L, LITTLE);
      IntVector.fromMemorySegment(INTS, ALL, ids + offset, LITTLE)
          .compress(near)
          .intoMemorySegment(ALL, nearestIds + found * 4L, LITTLE);
      found += near.trueCount();
    }
    return Math.min(found, limit);
  }
}
