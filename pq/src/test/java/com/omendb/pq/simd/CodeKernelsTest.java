package com.omendb.pq.simd;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.pq.simd.CodeKernels.BLOCK_CODES;
import static com.omendb.pq.simd.CodeKernels.LEVELS;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a quantized table holds whole numbers within the levels, within half a step of the
/// truth; sums of codes are the exact integers, whichever kernels find them, even if every number
/// is the largest one; kernels use no more scratch than they say.
class CodeKernelsTest {
  private static final byte CANARY = 0x5a;

  private final CodeKernels scalar = new ScalarCodeKernels();

  @ParameterizedTest
  @ValueSource(
      ints = {1, 2, 3, 7, 8, 9, 15, 16, 31, 32, 33, 48, 120, 255, 256, 257, 300, 513, 1025, 8192})
  void sumsAreExact(int subspaceCount) {
    SplittableRandom random = Seeds.random("sumsAreExact", 31);
    for (CodeKernels kernels : RunnableKernels.codes()) {
      try (Arena arena = Arena.ofConfined()) {
        requireExactSums(kernels, random, subspaceCount, arena);
      }
    }
  }

  private static void requireExactSums(
      CodeKernels kernels, SplittableRandom random, int subspaceCount, Arena arena) {
    boolean largest = random.nextBoolean();
    Table table = new Table(subspaceCount, arena);
    for (int i = 0; i < subspaceCount * CENTROID_COUNT; i++) {
      // The first two numbers of each subspace fix the range, so that quantizing changes nothing.
      boolean low = i % CENTROID_COUNT == 0;
      boolean high = largest || i % CENTROID_COUNT == 1;
      table.set(i, low ? 0 : high ? LEVELS : random.nextInt(LEVELS + 1));
    }
    table.quantize(kernels, 1);
    long codesBytes = CodeKernels.batchBytes(subspaceCount);
    MemorySegment codes = arena.allocate(codesBytes);
    for (long i = 0; i < codesBytes; i++) {
      int code = largest ? 1 + random.nextInt(255) : random.nextInt(256);
      codes.set(BYTE, i, (byte) code);
    }
    for (int count : new int[] {1, 2, 8, 9, 17, 33, 63, 64}) {
      MemorySegment sums = arena.allocate(4L * BLOCK_CODES + 1);
      sums.set(BYTE, 4L * BLOCK_CODES, CANARY);
      table.sum(kernels, codes, count, sums);
      for (int i = 0; i < count; i++) {
        int expected = 0;
        for (int s = 0; s < subspaceCount; s++) {
          int code = codes.get(BYTE, (long) i * subspaceCount + s) & 0xff;
          expected += (int) table.get(s * CENTROID_COUNT + code);
        }
        assertEquals(expected, sums.get(INT, 4L * i), "count=" + count + ", i=" + i);
      }
      assertEquals(CANARY, sums.get(BYTE, 4L * BLOCK_CODES));
      table.requireNoOverrun();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 15, 31, 32, 33, 47, 48, 49, 63, 64, 65, 130, 257, 1025})
  void sumsOfScatteredCodesAreThoseOfTheScalarTwin(int subspaceCount) {
    SplittableRandom random = Seeds.random("sumsOfScatteredCodes", 33);
    for (CodeKernels kernels : RunnableKernels.codes()) {
      try (Arena arena = Arena.ofConfined()) {
        requireScalarSums(kernels, random, subspaceCount, arena);
      }
    }
  }

  private void requireScalarSums(
      CodeKernels kernels, SplittableRandom random, int subspaceCount, Arena arena) {
    int nodeCount = 150;
    Table table = new Table(subspaceCount, arena);
    table.fill(random);
    table.quantize(scalar, 1);
    Table fast = new Table(subspaceCount, arena);
    fast.copy(table);
    fast.quantize(kernels, 1);
    // The codes of all nodes and no byte more, the last one included in every sum below.
    MemorySegment codes = arena.allocate((long) nodeCount * subspaceCount);
    for (long i = 0; i < codes.byteSize(); i++) {
      codes.set(BYTE, i, (byte) random.nextInt(256));
    }
    for (int count : new int[] {1, 2, 7, 8, 9, 10, 16, 17, 31, 33, 48, 63, 64}) {
      int from = random.nextInt(5);
      // What is before and behind the nodes that count is no node at all.
      int[] nodes = new int[from + count + 3];
      Arrays.fill(nodes, Integer.MAX_VALUE);
      for (int i = 0; i < count; i++) {
        nodes[from + i] = random.nextInt(nodeCount);
      }
      nodes[from + count - 1] = nodeCount - 1;
      int[] expected = table.sumOf(scalar, codes, nodes, from, count, arena);
      int[] sums = fast.sumOf(kernels, codes, nodes, from, count, arena);
      assertArrayEquals(expected, sums, "count=" + count);
      for (int i = 0; i < count; i++) {
        long code = codes.address() + (long) nodes[from + i] * subspaceCount;
        assertEquals(
            ScalarCodeKernels.sum(table.numbers.address(), code, subspaceCount), sums[i], "i=" + i);
      }
      fast.requireNoOverrun();
    }
  }

  @Test
  void quantizedNumbersAreWithinHalfAStep() {
    SplittableRandom random = Seeds.random("quantizedNumbersAreWithinHalfAStep", 32);
    for (CodeKernels kernels : RunnableKernels.codes()) {
      try (Arena arena = Arena.ofConfined()) {
        requireHalfSteps(kernels, random, arena);
      }
    }
  }

  private static void requireHalfSteps(CodeKernels kernels, SplittableRandom random, Arena arena) {
    for (int subspaceCount : new int[] {1, 5, 33}) {
      Table table = new Table(subspaceCount, arena);
      float[] numbers = new float[subspaceCount * CENTROID_COUNT];
      float widest = 0;
      float[] mins = new float[subspaceCount];
      for (int s = 0; s < subspaceCount; s++) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        double scale = random.nextDouble(0.01, 1000);
        for (int i = s * CENTROID_COUNT; i < (s + 1) * CENTROID_COUNT; i++) {
          numbers[i] = (float) (scale * random.nextDouble(-1, 3));
          table.set(i, numbers[i]);
          min = Math.min(min, numbers[i]);
          max = Math.max(max, numbers[i]);
        }
        mins[s] = min;
        widest = Math.max(widest, max - min);
      }
      float step = widest / LEVELS;
      table.quantize(kernels, LEVELS / widest);
      table.requireNoOverrun();
      for (int i = 0; i < numbers.length; i++) {
        float whole = table.get(i);
        assertTrue(whole == (int) whole && whole >= 0 && whole <= LEVELS, "whole=" + whole);
        assertEquals(numbers[i] - mins[i / CENTROID_COUNT], whole * step, 0.51 * step);
      }
      for (int s = 0; s < subspaceCount; s++) {
        assertEquals(mins[s], table.min(s));
      }
    }
  }

  /// A table with its ranges and its scratch, which is followed by a canary.
  private static final class Table {
    private final int subspaceCount;
    private final MemorySegment numbers;
    private final MemorySegment ranges;
    private final MemorySegment scratch;

    Table(int subspaceCount, Arena arena) {
      this.subspaceCount = subspaceCount;
      numbers = arena.allocate(subspaceCount * COLUMN_BYTES);
      ranges = arena.allocate(8L * subspaceCount);
      scratch = arena.allocate(CodeKernels.scratchBytes(subspaceCount) + 1);
      scratch.set(BYTE, scratch.byteSize() - 1, CANARY);
    }

    void set(int i, float value) {
      numbers.set(FLOAT, 4L * i, value);
    }

    // Random levels; the first two of each subspace fix the range, so that quantizing changes none.
    void fill(SplittableRandom random) {
      for (int i = 0; i < subspaceCount * CENTROID_COUNT; i++) {
        boolean low = i % CENTROID_COUNT == 0;
        boolean high = i % CENTROID_COUNT == 1;
        set(i, low ? 0 : high ? LEVELS : random.nextInt(LEVELS + 1));
      }
    }

    void copy(Table other) {
      numbers.copyFrom(other.numbers);
    }

    // The batch and the sums are followed by canaries.
    int[] sumOf(
        CodeKernels kernels, MemorySegment codes, int[] nodes, int from, int count, Arena arena) {
      long batchBytes = CodeKernels.batchBytes(subspaceCount);
      MemorySegment batch = arena.allocate(batchBytes + 1);
      batch.set(BYTE, batchBytes, CANARY);
      MemorySegment sums = arena.allocate(4L * BLOCK_CODES + 1);
      sums.set(BYTE, 4L * BLOCK_CODES, CANARY);
      kernels.sumOf(
          numbers.address(),
          subspaceCount,
          scratch.address(),
          codes.address(),
          nodes,
          from,
          count,
          batch.address(),
          sums.address());
      assertEquals(CANARY, batch.get(BYTE, batchBytes));
      assertEquals(CANARY, sums.get(BYTE, 4L * BLOCK_CODES));
      return Arrays.copyOf(sums.asSlice(0, 4L * BLOCK_CODES).toArray(INT), count);
    }

    float get(int i) {
      return numbers.get(FLOAT, 4L * i);
    }

    float min(int s) {
      return ranges.get(FLOAT, 8L * s);
    }

    void quantize(CodeKernels kernels, float factor) {
      kernels.ranges(numbers.address(), subspaceCount, ranges.address());
      kernels.quantize(
          numbers.address(), subspaceCount, ranges.address(), factor, scratch.address());
    }

    void sum(CodeKernels kernels, MemorySegment codes, int count, MemorySegment sums) {
      kernels.sum(
          numbers.address(),
          subspaceCount,
          scratch.address(),
          codes.address(),
          count,
          sums.address());
    }

    void requireNoOverrun() {
      assertEquals(CANARY, scratch.get(BYTE, scratch.byteSize() - 1));
    }
  }
}
