package com.omendb.pq.simd;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Code kernels for 512-bit vectors with byte permutation (AVX-512 VBMI): one instruction looks up
/// 64 codes in 128 table bytes.
///
/// The table's numbers are split into planes of low and high bytes, 256 of each a subspace. A block
/// of 64 codes is turned to rows of 64 bytes, one a subspace: eight bytes of every code are moved
/// at a time, then each square of 64 codes by eight bytes is transposed in registers.
///
/// Byte `4 i + k` of a row belongs to code `16 k + i`, so that sums come out in the order of the
/// codes when even and odd bytes, and then even and odd shorts, are taken apart.
public final class VectorCodeKernels implements CodeKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
  private static final VectorSpecies<Byte> NARROW_BYTES = ByteVector.SPECIES_128;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
  private static final long VECTOR_BYTES = 64;

  /// Planes of one subspace: 256 low bytes, then 256 high bytes.
  private static final long PLANES_BYTES = 2L * CENTROID_COUNT;

  /// Sums of this many bytes fit 16 bits.
  private static final int SHORT_SUBSPACES = 256;

  /// Below this many codes, the cost of a whole block exceeds that of looking codes up singly.
  private static final int SMALL_COUNT = 8;

  // Three rounds that exchange ever larger squares of longs transpose eight vectors of eight.
  private static final LongVector EVEN_1 = longs(0, 8, 2, 10, 4, 12, 6, 14);
  private static final LongVector ODD_1 = longs(1, 9, 3, 11, 5, 13, 7, 15);
  private static final LongVector EVEN_2 = longs(0, 1, 8, 9, 4, 5, 12, 13);
  private static final LongVector ODD_2 = longs(2, 3, 10, 11, 6, 7, 14, 15);
  private static final LongVector EVEN_4 = longs(0, 1, 2, 3, 8, 9, 10, 11);
  private static final LongVector ODD_4 = longs(4, 5, 6, 7, 12, 13, 14, 15);
  private static final ByteVector TRANSPOSED_BYTES = transposedBytes();

  private final CodeKernels singly = new ScalarCodeKernels();

  /// A stateless instance.
  public VectorCodeKernels() {}

  /// Whether the JVM prefers vectors as wide as these.
  public static boolean supported() {
    return ByteVector.SPECIES_PREFERRED.vectorByteSize() == VECTOR_BYTES;
  }

  @Override
  public void ranges(long table, int subspaceCount, long ranges) {
    for (int s = 0; s < subspaceCount; s++) {
      range(table + s * COLUMN_BYTES, ranges + 8L * s);
    }
  }

  private static void range(long row, long target) {
    FloatVector min = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (long at = row; at < row + COLUMN_BYTES; at += VECTOR_BYTES) {
      FloatVector numbers = FloatVector.fromMemorySegment(FLOATS, ALL, at, LITTLE_ENDIAN);
      min = min.blend(numbers, numbers.lt(min));
      max = max.blend(numbers, max.lt(numbers));
    }
    ALL.set(FLOAT, target, min.reduceLanes(VectorOperators.MIN));
    ALL.set(FLOAT, target + 4, max.reduceLanes(VectorOperators.MAX));
  }

  @Override
  public void quantize(long table, int subspaceCount, long ranges, float factor, long scratch) {
    for (int s = 0; s < subspaceCount; s++) {
      float min = ALL.get(FLOAT, ranges + 8L * s);
      quantizeRow(table + s * COLUMN_BYTES, min, factor, scratch + s * PLANES_BYTES);
    }
  }

  private static void quantizeRow(long row, float min, float factor, long planes) {
    for (int i = 0; i < CENTROID_COUNT; i += 16) {
      FloatVector numbers = FloatVector.fromMemorySegment(FLOATS, ALL, row + 4L * i, LITTLE_ENDIAN);
      IntVector whole =
          (IntVector)
              numbers.sub(min).mul(factor).add(0.5f).convertShape(VectorOperators.F2I, INTS, 0);
      whole
          .convertShape(VectorOperators.I2F, FLOATS, 0)
          .reinterpretAsFloats()
          .intoMemorySegment(ALL, row + 4L * i, LITTLE_ENDIAN);
      storeLowBytes(whole, planes + i);
      storeLowBytes(whole.lanewise(VectorOperators.LSHR, 8), planes + CENTROID_COUNT + i);
    }
  }

  private static void storeLowBytes(IntVector numbers, long address) {
    ((ByteVector) numbers.convertShape(VectorOperators.I2B, NARROW_BYTES, 0))
        .intoMemorySegment(ALL, address, LITTLE_ENDIAN);
  }

  @Override
  public void sum(long table, int subspaceCount, long scratch, long codes, int count, long sums) {
    if (count <= SMALL_COUNT) {
      singly.sum(table, subspaceCount, scratch, codes, count, sums);
      return;
    }
    long moved = scratch + CodeKernels.planesBytes(subspaceCount);
    long rows = moved + 8L * BLOCK_CODES;
    for (int s = 0; s < subspaceCount; s += Long.BYTES) {
      moveLongs(codes + s, subspaceCount, moved);
      transpose(moved, rows + (long) s * BLOCK_CODES);
    }
    sumBlock(subspaceCount, scratch, sums);
  }

  @Override
  public void sumOf(
      long table,
      int subspaceCount,
      long scratch,
      long codes,
      int[] nodes,
      int from,
      int count,
      long batch,
      long sums) {
    if (count <= SMALL_COUNT || !moveCodes(codes, nodes, from, count, subspaceCount, batch)) {
      CodeKernels.super.sumOf(
          table, subspaceCount, scratch, codes, nodes, from, count, batch, sums);
      return;
    }
    long rows = scratch + CodeKernels.planesBytes(subspaceCount) + 8L * BLOCK_CODES;
    for (int s = 0; s < subspaceCount; s += Long.BYTES) {
      transpose(batch + (long) s * BLOCK_CODES, rows + (long) s * BLOCK_CODES);
    }
    sumBlock(subspaceCount, scratch, sums);
  }

  /// Moves codes from where they lie to where [#transpose] wants them, all bytes of one before the
  /// next: their cache misses overlap, and each line is asked for once. Straight-line for the sizes
  /// that indexes keep: a loop of a few steps would cost more than what it does.
  private static boolean moveCodes(
      long codes, int[] nodes, int from, int count, int codeBytes, long target) {
    CodeKernels.touch(codes, nodes, from, count, codeBytes);
    switch (codeBytes) {
      case 32 -> move32(codes, nodes, from, count, target);
      case 48 -> move48(codes, nodes, from, count, target);
      case 64 -> move64(codes, nodes, from, count, target);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void move32(long codes, int[] nodes, int from, int count, long target) {
    for (int i = 0; i < count; i++) {
      long code = codes + 32L * nodes[from + i];
      long to = target + 32L * (i & 15) + 8L * (i >> 4);
      ALL.set(LONG, to, ALL.get(LONG, code));
      ALL.set(LONG, to + 512, ALL.get(LONG, code + 8));
      ALL.set(LONG, to + 1024, ALL.get(LONG, code + 16));
      ALL.set(LONG, to + 1536, ALL.get(LONG, code + 24));
    }
  }

  private static void move48(long codes, int[] nodes, int from, int count, long target) {
    for (int i = 0; i < count; i++) {
      long code = codes + 48L * nodes[from + i];
      long to = target + 32L * (i & 15) + 8L * (i >> 4);
      ALL.set(LONG, to, ALL.get(LONG, code));
      ALL.set(LONG, to + 512, ALL.get(LONG, code + 8));
      ALL.set(LONG, to + 1024, ALL.get(LONG, code + 16));
      ALL.set(LONG, to + 1536, ALL.get(LONG, code + 24));
      ALL.set(LONG, to + 2048, ALL.get(LONG, code + 32));
      ALL.set(LONG, to + 2560, ALL.get(LONG, code + 40));
    }
  }

  private static void move64(long codes, int[] nodes, int from, int count, long target) {
    for (int i = 0; i < count; i++) {
      long code = codes + 64L * nodes[from + i];
      long to = target + 32L * (i & 15) + 8L * (i >> 4);
      ALL.set(LONG, to, ALL.get(LONG, code));
      ALL.set(LONG, to + 512, ALL.get(LONG, code + 8));
      ALL.set(LONG, to + 1024, ALL.get(LONG, code + 16));
      ALL.set(LONG, to + 1536, ALL.get(LONG, code + 24));
      ALL.set(LONG, to + 2048, ALL.get(LONG, code + 32));
      ALL.set(LONG, to + 2560, ALL.get(LONG, code + 40));
      ALL.set(LONG, to + 3072, ALL.get(LONG, code + 48));
      ALL.set(LONG, to + 3584, ALL.get(LONG, code + 56));
    }
  }

  /// Sums a block that was turned to rows.
  private static void sumBlock(int subspaceCount, long scratch, long sums) {
    long moved = scratch + CodeKernels.planesBytes(subspaceCount);
    long rows = moved + 8L * BLOCK_CODES;
    for (int i = 0; i < 4; i++) {
      IntVector.zero(INTS).intoMemorySegment(ALL, sums + i * VECTOR_BYTES, LITTLE_ENDIAN);
    }
    for (int s = 0; s < subspaceCount; s += SHORT_SUBSPACES) {
      int length = Math.min(SHORT_SUBSPACES, subspaceCount - s);
      // The space of the moved codes is free again and takes the sums in shorts.
      sumRows(scratch + s * PLANES_BYTES, rows + (long) s * BLOCK_CODES, length, moved);
      addShorts(moved, sums);
    }
  }

  /// Moves eight bytes of each of 64 codes, that of code `16 k + i` to place `4 i + k`.
  private static void moveLongs(long codes, long codeBytes, long target) {
    for (int i = 0; i < 16; i++) {
      long from = codes + i * codeBytes;
      long to = target + 32L * i;
      ALL.set(LONG, to, ALL.get(LONG, from));
      ALL.set(LONG, to + 8, ALL.get(LONG, from + 16 * codeBytes));
      ALL.set(LONG, to + 16, ALL.get(LONG, from + 32 * codeBytes));
      ALL.set(LONG, to + 24, ALL.get(LONG, from + 48 * codeBytes));
    }
  }

  /// Turns 64 codes of eight bytes into eight rows of 64 bytes.
  private static void transpose(long codes, long rows) {
    LongVector a0 = transposedSquare(codes);
    LongVector a1 = transposedSquare(codes + VECTOR_BYTES);
    LongVector a2 = transposedSquare(codes + 2 * VECTOR_BYTES);
    LongVector a3 = transposedSquare(codes + 3 * VECTOR_BYTES);
    LongVector a4 = transposedSquare(codes + 4 * VECTOR_BYTES);
    LongVector a5 = transposedSquare(codes + 5 * VECTOR_BYTES);
    LongVector a6 = transposedSquare(codes + 6 * VECTOR_BYTES);
    LongVector a7 = transposedSquare(codes + 7 * VECTOR_BYTES);
    LongVector b0 = EVEN_1.selectFrom(a0, a1);
    LongVector b1 = ODD_1.selectFrom(a0, a1);
    LongVector b2 = EVEN_1.selectFrom(a2, a3);
    LongVector b3 = ODD_1.selectFrom(a2, a3);
    LongVector b4 = EVEN_1.selectFrom(a4, a5);
    LongVector b5 = ODD_1.selectFrom(a4, a5);
    LongVector b6 = EVEN_1.selectFrom(a6, a7);
    LongVector b7 = ODD_1.selectFrom(a6, a7);
    LongVector c0 = EVEN_2.selectFrom(b0, b2);
    LongVector c1 = EVEN_2.selectFrom(b1, b3);
    LongVector c2 = ODD_2.selectFrom(b0, b2);
    LongVector c3 = ODD_2.selectFrom(b1, b3);
    LongVector c4 = EVEN_2.selectFrom(b4, b6);
    LongVector c5 = EVEN_2.selectFrom(b5, b7);
    LongVector c6 = ODD_2.selectFrom(b4, b6);
    LongVector c7 = ODD_2.selectFrom(b5, b7);
    store(EVEN_4.selectFrom(c0, c4), rows);
    store(EVEN_4.selectFrom(c1, c5), rows + VECTOR_BYTES);
    store(EVEN_4.selectFrom(c2, c6), rows + 2 * VECTOR_BYTES);
    store(EVEN_4.selectFrom(c3, c7), rows + 3 * VECTOR_BYTES);
    store(ODD_4.selectFrom(c0, c4), rows + 4 * VECTOR_BYTES);
    store(ODD_4.selectFrom(c1, c5), rows + 5 * VECTOR_BYTES);
    store(ODD_4.selectFrom(c2, c6), rows + 6 * VECTOR_BYTES);
    store(ODD_4.selectFrom(c3, c7), rows + 7 * VECTOR_BYTES);
  }

  /// Eight codes of eight bytes: long `b` of the result holds byte `b` of all of them.
  private static LongVector transposedSquare(long address) {
    return TRANSPOSED_BYTES.selectFrom(bytes(address)).reinterpretAsLongs();
  }

  /// Sums the low and the high bytes of at most 256 subspaces into four vectors of shorts: low
  /// bytes of even and odd places, then high bytes. They go through memory to [#addShorts] because
  /// C2 would put vectors that are used twice after a loop on the heap.
  private static void sumRows(long planes, long rows, int length, long shorts) {
    ShortVector lowEven = ShortVector.zero(SHORTS);
    ShortVector lowOdd = ShortVector.zero(SHORTS);
    ShortVector highEven = ShortVector.zero(SHORTS);
    ShortVector highOdd = ShortVector.zero(SHORTS);
    long plane = planes;
    long row = rows;
    for (int s = 0; s < length; s++) {
      ByteVector codes = bytes(row);
      VectorMask<Byte> upperHalf = codes.compare(VectorOperators.LT, 0);
      ShortVector low = lookUp(codes, upperHalf, plane);
      lowEven = lowEven.add(low.and((short) 0xff));
      lowOdd = lowOdd.add(low.lanewise(VectorOperators.LSHR, 8));
      ShortVector high = lookUp(codes, upperHalf, plane + CENTROID_COUNT);
      highEven = highEven.add(high.and((short) 0xff));
      highOdd = highOdd.add(high.lanewise(VectorOperators.LSHR, 8));
      plane += PLANES_BYTES;
      row += VECTOR_BYTES;
    }
    lowEven.intoMemorySegment(ALL, shorts, LITTLE_ENDIAN);
    lowOdd.intoMemorySegment(ALL, shorts + VECTOR_BYTES, LITTLE_ENDIAN);
    highEven.intoMemorySegment(ALL, shorts + 2 * VECTOR_BYTES, LITTLE_ENDIAN);
    highOdd.intoMemorySegment(ALL, shorts + 3 * VECTOR_BYTES, LITTLE_ENDIAN);
  }

  /// Adds what [#sumRows] wrote to the sums: in the order of the codes, the even shorts of even and
  /// of odd places, then the odd shorts.
  private static void addShorts(long shorts, long sums) {
    for (long place = 0; place < 2 * VECTOR_BYTES; place += VECTOR_BYTES) {
      long low = shorts + place;
      long high = low + 2 * VECTOR_BYTES;
      ints(sums + place)
          .add(ints(low).and(0xffff))
          .add(ints(high).and(0xffff).lanewise(VectorOperators.LSHL, 8))
          .intoMemorySegment(ALL, sums + place, LITTLE_ENDIAN);
      ints(sums + place + 2 * VECTOR_BYTES)
          .add(ints(low).lanewise(VectorOperators.LSHR, 16))
          .add(ints(high).lanewise(VectorOperators.LSHR, 16).lanewise(VectorOperators.LSHL, 8))
          .intoMemorySegment(ALL, sums + place + 2 * VECTOR_BYTES, LITTLE_ENDIAN);
    }
  }

  /// Byte permutation ignores an index's top bit, so each half of the plane is looked up in turn.
  private static ShortVector lookUp(ByteVector codes, VectorMask<Byte> upperHalf, long plane) {
    ByteVector lower = codes.selectFrom(bytes(plane), bytes(plane + VECTOR_BYTES));
    ByteVector upper =
        codes.selectFrom(bytes(plane + 2 * VECTOR_BYTES), bytes(plane + 3 * VECTOR_BYTES));
    return lower.blend(upper, upperHalf).reinterpretAsShorts();
  }

  private static IntVector ints(long address) {
    return IntVector.fromMemorySegment(INTS, ALL, address, LITTLE_ENDIAN);
  }

  private static ByteVector bytes(long address) {
    return ByteVector.fromMemorySegment(BYTES, ALL, address, LITTLE_ENDIAN);
  }

  private static void store(LongVector vector, long address) {
    vector.intoMemorySegment(ALL, address, LITTLE_ENDIAN);
  }

  private static LongVector longs(long... lanes) {
    return LongVector.fromArray(LONGS, lanes, 0);
  }

  private static ByteVector transposedBytes() {
    byte[] places = new byte[BYTES.length()];
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 8; j++) {
        places[8 * j + i] = (byte) (8 * i + j);
      }
    }
    return ByteVector.fromArray(BYTES, places, 0);
  }
}
