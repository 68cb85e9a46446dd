package com.omendb.vectors;

import static com.omendb.vectors.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Invariants: a source exists only if all its rows lie in its segment; rows are found by stride;
/// elements read the same singly and by the row, whatever their type.
class VectorSourceTest {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment segment = arena.allocate(100);

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void acceptsRowsUpToTheLastByte() {
    assertEquals(10, VectorSource.dense(segment, 10, 10, ElementType.UINT8).count());
    assertEquals(0, VectorSource.dense(segment, 0, 200, ElementType.UINT8).count());
    assertEquals(2, new VectorSource(segment, 4, 90, 2, 6, ElementType.INT8).count());
  }

  @Test
  void refusesRowsOutsideTheSegment() {
    assertRefused("count=11", () -> VectorSource.dense(segment, 11, 10, ElementType.UINT8));
    assertRefused("count=1", () -> VectorSource.dense(segment, 1, 26, ElementType.FLOAT32));
    assertRefused("count=2", () -> new VectorSource(segment, 5, 90, 2, 6, ElementType.INT8));
    assertRefused(
        "count=" + Long.MAX_VALUE,
        () -> VectorSource.dense(segment, Long.MAX_VALUE, 10, ElementType.UINT8));
    assertRefused(
        "firstOffset=" + Long.MAX_VALUE,
        () -> new VectorSource(segment, Long.MAX_VALUE, 10, 1, 10, ElementType.UINT8));
    assertRefused(
        "strideBytes=" + Long.MAX_VALUE,
        () -> new VectorSource(segment, 1, Long.MAX_VALUE, 3, 10, ElementType.UINT8));
  }

  @Test
  void refusesPartsOutOfRange() {
    assertRefused("dimension=0", () -> VectorSource.dense(segment, 1, 0, ElementType.UINT8));
    assertRefused("dimension=8193", () -> VectorSource.dense(segment, 1, 8193, ElementType.UINT8));
    assertRefused("count=-1", () -> VectorSource.dense(segment, -1, 1, ElementType.UINT8));
    assertRefused(
        "strideBytes=7", () -> new VectorSource(segment, 0, 7, 1, 2, ElementType.FLOAT32));
    assertRefused(
        "firstOffset=-1", () -> new VectorSource(segment, -1, 8, 1, 2, ElementType.FLOAT32));
    MemorySegment heap = MemorySegment.ofArray(new byte[10]);
    assertRefused("native", () -> VectorSource.dense(heap, 1, 10, ElementType.UINT8));
  }

  @Test
  void findsRowsByOffsetAndStride() {
    VectorSource source = new VectorSource(segment, 3, 11, 4, 2, ElementType.FLOAT32);
    assertEquals(3 + 2 * 11, source.offset(2));
    assertEquals(segment.address() + 3 + 2 * 11, source.address(2));
    assertEquals(8, source.vectorBytes());
    VectorSource tail = source.rows(1, 3);
    assertEquals(3, tail.count());
    assertEquals(source.offset(3), tail.offset(2));
    assertEquals(0, source.rows(4, 0).count());
  }

  @Test
  void refusesRowsThatItDoesNotHave() {
    VectorSource source = VectorSource.dense(segment, 10, 10, ElementType.UINT8);
    assertThrows(IndexOutOfBoundsException.class, () -> source.rows(-1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> source.rows(0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.rows(9, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> source.rows(Long.MAX_VALUE, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.rows(1, Long.MAX_VALUE));
  }

  @Test
  void readsEveryElementType() {
    segment.set(NativeMemory.FLOAT, 1 + 8 + 4, -2.5f);
    VectorSource floats = new VectorSource(segment, 1, 8, 2, 2, ElementType.FLOAT32);
    assertEquals(-2.5f, floats.element(1, 1));

    segment.set(NativeMemory.BYTE, 41, (byte) 200);
    VectorSource unsigned = new VectorSource(segment, 40, 2, 1, 2, ElementType.UINT8);
    VectorSource signed = new VectorSource(segment, 40, 2, 1, 2, ElementType.INT8);
    assertEquals(200f, unsigned.element(0, 1));
    assertEquals(-56f, signed.element(0, 1));
  }

  @Test
  void copiesRowsAsFloats() {
    for (int i = 0; i < 100; i++) {
      segment.set(NativeMemory.BYTE, i, (byte) (i * 37));
    }
    for (ElementType type : ElementType.values()) {
      VectorSource source = new VectorSource(segment, 1, 13, 3, 3, type);
      float[] row = {9, 9, 9, 9};
      source.copyRow(2, row);
      assertArrayEquals(
          new float[] {source.element(2, 0), source.element(2, 1), source.element(2, 2), 9}, row);
    }
  }
}
