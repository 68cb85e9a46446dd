package com.omendb.pq.product;

import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: bad codebooks, vectors, codes and sizes are refused with a message that names the
/// value, before anything is written.
class ProductQuantizerArgumentsTest {

  @Test
  void refusesBadCodebooks() {
    MemorySegment codebook = Arena.ofAuto().allocate(ProductQuantizer.codebookBytes(4));
    ProductQuantizer quantizer = ProductQuantizer.of(4, 2, true, codebook);
    assertEquals(4, quantizer.dimension());
    assertEquals(2, quantizer.subspaceCount());
    assertTrue(quantizer.codebook().isReadOnly());
    assertRefused("subspaceCount=5", () -> ProductQuantizer.of(4, 5, true, codebook));
    assertRefused("subspaceCount=0", () -> ProductQuantizer.of(4, 0, true, codebook));
    assertRefused("dimension=0", () -> ProductQuantizer.of(0, 1, true, codebook));
    assertRefused("dimension=8193", () -> ProductQuantizer.of(8193, 1, true, codebook));
    assertRefused("codebookBytes=4096", () -> ProductQuantizer.of(3, 1, true, codebook));
    assertRefused("codebookBytes=4095", () -> ProductQuantizer.of(4, 2, true, codebook.asSlice(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> ProductQuantizer.of(1, 1, true, MemorySegment.ofArray(new byte[1024])));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      codebook.set(FLOAT, 4 * (256 * 3 + 7), bad);
      assertRefused(
          "column=3, centroid=7, value=" + bad, () -> ProductQuantizer.of(4, 2, true, codebook));
    }
  }

  @Test
  void refusesBadArguments() {
    SplittableRandom random = Seeds.random("refusesBadArguments", 49);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = Vectors.clustered(random, 300, 6, ElementType.FLOAT32, arena);
      VectorSource other = Vectors.clustered(random, 300, 7, ElementType.FLOAT32, arena);
      PqOptions options = PqOptions.of(3).withIterations(1);
      assertRefused(
          "subspaceCount=7", () -> ProductQuantizer.train(source, PqOptions.of(7), Progress.NONE));
      assertRefused(
          "count=0", () -> ProductQuantizer.train(source.rows(0, 0), options, Progress.NONE));
      ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
      MemorySegment codes = arena.allocate(900);
      MemorySegment heap = MemorySegment.ofArray(new byte[900]);
      assertRefused("dimension=7", () -> quantizer.encode(other, 0, 1, codes, 0));
      assertRefused("threads=0", () -> quantizer.encodeAll(source, codes, 0, Progress.NONE));
      assertThrows(IllegalArgumentException.class, () -> quantizer.encode(source, 0, 1, heap, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> quantizer.encode(source, 0, 1, codes.asReadOnly(), 0));
      assertOutOfBounds(() -> quantizer.encode(source, 0, 301, codes, 0));
      assertOutOfBounds(() -> quantizer.encode(source, -1, 1, codes, 0));
      assertOutOfBounds(() -> quantizer.encode(source, 0, 300, codes, 1));
      assertOutOfBounds(() -> quantizer.encode(source, 0, 1, codes, -1));
      assertOutOfBounds(() -> quantizer.encodeAll(source, codes.asSlice(1), 1, Progress.NONE));
      assertOutOfBounds(() -> quantizer.decode(codes, 898, new float[6]));
      assertOutOfBounds(() -> quantizer.decode(codes, -1, new float[6]));
      assertOutOfBounds(() -> quantizer.decode(codes, 0, new float[5]));
      long[] one = {0};
      MemorySegment fewer = codes.asSlice(1);
      assertOutOfBounds(() -> quantizer.estimateError(source, one, source, one, fewer));
      assertRefused("dimension=7", () -> quantizer.estimateError(source, one, other, one, codes));
      assertRefused("dimension=7", () -> quantizer.estimateError(other, one, source, one, codes));
      long[] outside = {300};
      assertOutOfBounds(() -> quantizer.estimateError(source, one, source, outside, codes));
      assertOutOfBounds(() -> quantizer.estimateError(source, outside, source, one, codes));
      assertRefused(
          "rows=0", () -> quantizer.estimateError(source, one, source, new long[0], codes));
    }
  }

  @Test
  void refusesVectorsThatAreNotFinite() {
    SplittableRandom random = Seeds.random("refusesVectorsThatAreNotFinite", 50);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = Vectors.clustered(random, 400, 4, ElementType.FLOAT32, arena);
      TestRows.set(source, 399, 2, Double.NaN);
      PqOptions options = PqOptions.of(2).withIterations(2);
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> ProductQuantizer.train(source, options, Progress.NONE));
      assertTrue(String.valueOf(e.getMessage()).contains("training vectors"), e.getMessage());
    }
  }

  @Test
  void refusesClosedMemory() {
    MemorySegment codebook;
    VectorSource closed;
    try (Arena arena = Arena.ofConfined()) {
      codebook = arena.allocate(ProductQuantizer.codebookBytes(2));
      closed = Vectors.constant(1, 1, 2, ElementType.UINT8, arena);
    }
    MemorySegment openCodebook = Arena.ofAuto().allocate(ProductQuantizer.codebookBytes(2));
    ProductQuantizer quantizer = ProductQuantizer.of(2, 2, false, openCodebook);
    MemorySegment codes = Arena.ofAuto().allocate(2);
    assertThrows(IllegalStateException.class, () -> quantizer.encode(closed, 0, 1, codes, 0));
    assertThrows(
        IllegalStateException.class,
        () -> ProductQuantizer.train(closed, PqOptions.of(1), Progress.NONE));
    assertThrows(IllegalStateException.class, () -> ProductQuantizer.of(2, 2, false, codebook));
  }

  private static void assertRefused(String ending, Runnable action) {
    Exception e = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(String.valueOf(e.getMessage()).endsWith(ending), e.getMessage());
  }

  private static void assertOutOfBounds(Runnable action) {
    assertThrows(IndexOutOfBoundsException.class, action::run);
  }
}
