package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static com.omendb.vectors.memory.NativeMemory.SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: the SIMD kernel does what its scalar twin does, on odd sizes too; distances are
/// those of the definition; the nearest include the k nearest, and nothing that is far.
class DenseBlocksTest {
  private static final int ROWS = 8;
  private final DenseBlockKernel simd = SimdKernels.denseBlocks();
  private final DenseBlockKernel scalar = DistanceKernels.scalarDenseBlocks(simd.lanes());

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 33, 64, 480, 4096})
  void rowsAreCentredAsByTheScalarTwin(int pairs) {
    SplittableRandom random = Seeds.random("rowsAreCentredAsByTheScalarTwin", pairs);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = arena.allocate(2L * pairs + 1L);
      MemorySegment mean = arena.allocate(4L * pairs, 2);
      for (int i = 0; i < 2 * pairs; i++) {
        codes.set(BYTE, i + 1L, (byte) random.nextInt(-128, 128));
        mean.set(SHORT, 2L * i, (short) random.nextInt(-128, 128));
      }
      for (int factor : new int[] {0, 1, 77, DenseBlockKernel.UNIT_FACTOR}) {
        MemorySegment expected = arena.allocate(4L * pairs, 4);
        MemorySegment actual = arena.allocate(4L * pairs, 4);
        long from = codes.address() + 1;
        int norm = scalar.centre(from, mean.address(), factor, expected.address(), pairs);
        assertEquals(norm, simd.centre(from, mean.address(), factor, actual.address(), pairs));
        assertEquals(-1, expected.mismatch(actual));
        long definition = 0;
        for (int i = 0; i < 2 * pairs; i++) {
          int difference = codes.get(BYTE, i + 1L) - mean.get(SHORT, 2L * i);
          long element = Math.round(difference * (double) factor / DenseBlockKernel.UNIT_FACTOR);
          assertEquals(element, actual.get(SHORT, 2L * i));
          definition += element * element;
        }
        assertEquals((int) definition, norm);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16, 64, 65, 480})
  void distancesAreExact(int pairs) {
    SplittableRandom random = Seeds.random("distancesAreExact", pairs);
    for (DenseBlockKernel kernel : new DenseBlockKernel[] {simd, scalar}) {
      try (Arena arena = Arena.ofConfined()) {
        int groups = 3 * DenseBlockKernel.GROUPS;
        int columns = groups * kernel.lanes();
        int[] rowNorms = new int[ROWS];
        int[] columnNorms = new int[columns];
        long stride = 4L * pairs + 4;
        MemorySegment rows = vectors(random, ROWS, pairs, stride, rowNorms, arena);
        MemorySegment others = vectors(random, columns, pairs, 4L * pairs, columnNorms, arena);
        MemorySegment packed = arena.allocate(others.byteSize(), 4);
        for (int column = 0; column < columns; column++) {
          kernel.pack(
              others.address() + 4L * pairs * column,
              packed.address() + 4L * pairs * kernel.lanes() * (column / kernel.lanes()),
              column % kernel.lanes(),
              pairs);
        }
        long outStride = columns * 4L + 4;
        MemorySegment out = arena.allocate(ROWS * outStride, 4);
        MemorySegment norms = arena.allocateFrom(INT, columnNorms);
        kernel.multiply(
            rows.address(),
            stride,
            ROWS,
            packed.address(),
            groups,
            pairs,
            out.address(),
            outStride);
        for (int row = 0; row < ROWS; row++) {
          kernel.distances(out.address() + row * outStride, norms.address(), rowNorms[row], groups);
          for (int column = 0; column < columns; column++) {
            long expected = 0;
            for (int i = 0; i < 2 * pairs; i++) {
              int difference =
                  rows.get(SHORT, row * stride + 2L * i)
                      - others.get(SHORT, 4L * pairs * column + 2L * i);
              expected += (long) difference * difference;
            }
            assertEquals(expected, out.get(INT, row * outStride + column * 4L));
          }
        }
      }
    }
  }

  /// Vectors of norms up to the largest that are exact, some of them all in the even elements.
  private static MemorySegment vectors(
      SplittableRandom random, int count, int pairs, long stride, int[] norms, Arena arena) {
    MemorySegment vectors = arena.allocate(count * stride, 4);
    for (int vector = 0; vector < count; vector++) {
      int step = random.nextInt(1, 3);
      for (int tries = 0; tries < 20 * pairs; tries++) {
        int element = random.nextInt(2 * pairs) / step * step;
        long offset = vector * stride + 2L * element;
        int old = vectors.get(SHORT, offset);
        int value = random.nextInt(-181, 182);
        int norm = norms[vector] - old * old + value * value;
        if (norm <= DenseBlockKernel.MAX_SQUARED_NORM) {
          vectors.set(SHORT, offset, (short) value);
          norms[vector] = norm;
        }
      }
    }
    return vectors;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9, 12})
  void theNearestAreFound(int k) {
    SplittableRandom random = Seeds.random("theNearestAreFound", k);
    for (DenseBlockKernel kernel : new DenseBlockKernel[] {simd, scalar}) {
      for (int valid = 0; valid < 150; valid += random.nextInt(1, 12)) {
        for (int distinct : new int[] {1, 5, 1 << 20}) {
          find(kernel, random, k, valid, distinct);
        }
      }
    }
  }

  private static void find(
      DenseBlockKernel kernel, SplittableRandom random, int k, int valid, int distinct) {
    int groups = 10 * DenseBlockKernel.GROUPS;
    int columns = groups * kernel.lanes();
    int limit = 4 * k;
    int[] distances = new int[columns];
    int[] ids = new int[columns];
    for (int column = 0; column < columns; column++) {
      distances[column] = DenseBlockKernel.FAR - random.nextInt(100_000);
      ids[column] = 1000 + column;
    }
    int usable = Math.min(valid, columns);
    for (int i = 0; i < usable; i++) {
      distances[random.nextInt(columns)] = random.nextInt(distinct);
    }
    int[] near = Arrays.stream(distances).filter(d -> d < distinct).sorted().toArray();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nearIds = arena.allocate((limit + 16) * 4L, 64);
      MemorySegment nearDistances = arena.allocate((limit + 16) * 4L, 64);
      int found =
          kernel.nearest(
              arena.allocateFrom(INT, distances).address(),
              arena.allocateFrom(INT, ids).address(),
              groups,
              k,
              limit,
              nearIds.address(),
              nearDistances.address());
      assertTrue(found <= limit && found >= Math.min(k, near.length), "found=" + found);
      int[] actual = new int[found];
      for (int i = 0; i < found; i++) {
        actual[i] = nearDistances.getAtIndex(INT, i);
        assertEquals(distances[nearIds.getAtIndex(INT, i) - 1000], actual[i]);
      }
      Arrays.sort(actual);
      assertEquals(found, Arrays.stream(actual).filter(d -> d < distinct).count());
      if (found < limit) {
        assertEquals(
            found, Arrays.mismatch(Arrays.copyOf(near, found), actual) + 1 + found, "a prefix");
      }
    }
  }
}
