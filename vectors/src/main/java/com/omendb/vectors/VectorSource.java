package com.omendb.vectors;

import com.omendb.vectors.memory.SegmentAccess;
import com.omendb.vectors.range.Ranges;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;

/// A read-only view of `count` vectors of one dimension and type that lie at a fixed stride in
/// native memory, which may be a mapped file. No vector is copied.
///
/// The view does not own its memory: the code that opened the arena of `segment` closes it after
/// the last use of the view. Immutable and thread-safe.
///
/// @param segment native memory that holds every vector
/// @param firstOffset byte offset of row 0 in `segment`
/// @param strideBytes bytes from one row's first element to the next row's
/// @param count number of rows
/// @param dimension elements of a vector, 1 to [#MAX_DIMENSION]
/// @param elementType type of one element
public record VectorSource(
    MemorySegment segment,
    long firstOffset,
    long strideBytes,
    long count,
    int dimension,
    ElementType elementType) {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// The largest dimension that the index supports: a record has to fit a page of 64 KiB.
  public static final int MAX_DIMENSION = 8192;

  /// Checks that every row lies inside the segment.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public VectorSource {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("segment must be native memory: segment=" + segment);
    }
    Ranges.require("dimension", dimension, 1, MAX_DIMENSION);
    if (count < 0) {
      throw new IllegalArgumentException("count is negative: count=" + count);
    }
    long vectorBytes = elementType.vectorBytes(dimension);
    if (strideBytes < vectorBytes || firstOffset < 0) {
      throw new IllegalArgumentException(
          "strideBytes="
              + strideBytes
              + ", firstOffset="
              + firstOffset
              + " cannot hold vectors of "
              + vectorBytes
              + " bytes");
    }
    long greatestOffset = segment.byteSize() - vectorBytes;
    boolean fits =
        firstOffset <= greatestOffset
            && (count - 1) <= (greatestOffset - firstOffset) / strideBytes;
    if (count > 0 && !fits) {
      throw new IllegalArgumentException(
          "vectors of "
              + vectorBytes
              + " bytes do not fit the segment: count="
              + count
              + ", firstOffset="
              + firstOffset
              + ", strideBytes="
              + strideBytes
              + ", segmentBytes="
              + segment.byteSize());
    }
  }

  /// {@return a view of densely packed vectors from the start of `segment`}
  ///
  /// @param segment native memory that holds all vectors
  /// @param count number of vectors
  /// @param dimension elements of a vector, 1 to [#MAX_DIMENSION]
  /// @param elementType type of the elements
  /// @throws IllegalArgumentException if they do not fit the segment, or the dimension is out of
  ///   range
  public static VectorSource dense(
      MemorySegment segment, long count, int dimension, ElementType elementType) {
    return new VectorSource(
        segment, 0, elementType.vectorBytes(dimension), count, dimension, elementType);
  }

  /// {@return float32 vectors, copied into native memory of the library, which is freed when the
  /// view is no longer reachable}
  ///
  /// @param rows vectors of one length, at least one
  /// @throws IllegalArgumentException if there are none, or their lengths differ
  public static VectorSource of(float[][] rows) {
    return of(Arrays.asList(rows));
  }

  /// {@return float32 vectors of a collection, copied as [#of(float[][])] does}
  ///
  /// @param rows vectors of one length, at least one; iterated over once
  /// @throws IllegalArgumentException if there are none, their lengths differ, or their length is
  ///   out of range
  public static VectorSource of(Collection<float[]> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("there are no vectors: rows=0");
    }
    int dimension = rows.iterator().next().length;
    MemorySegment copies =
        Arena.ofAuto()
            .allocate(ElementType.FLOAT32.vectorBytes(dimension) * (long) rows.size(), 64);
    long row = 0;
    for (float[] vector : rows) {
      if (vector.length != dimension) {
        throw new IllegalArgumentException(
            "vectors differ in length: row="
                + row
                + ", length="
                + vector.length
                + ", length of row 0="
                + dimension);
      }
      MemorySegment.copy(vector, 0, copies, FLOAT, row * dimension * Float.BYTES, dimension);
      row++;
    }
    return dense(copies, rows.size(), dimension, ElementType.FLOAT32);
  }

  /// {@return vectors in an array, copied as [#of(float[][])] does}
  ///
  /// @param bytes elements of one byte, row after row
  /// @param elementType a type of one byte
  /// @param dimension elements of a vector, 1 to [#MAX_DIMENSION]
  /// @throws IllegalArgumentException if the type is not of one byte, the bytes are not whole rows,
  ///   or the dimension is out of range
  public static VectorSource of(byte[] bytes, int dimension, ElementType elementType) {
    if (elementType.elementBytes() != 1 || dimension < 1 || bytes.length % dimension != 0) {
      throw new IllegalArgumentException(
          "not rows of bytes: length="
              + bytes.length
              + ", dimension="
              + dimension
              + ", elementType="
              + elementType.label());
    }
    MemorySegment copies = Arena.ofAuto().allocate(Math.max(1, bytes.length), 64);
    MemorySegment.copy(bytes, 0, copies, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return dense(copies, bytes.length / dimension, dimension, elementType);
  }

  /// {@return a view of the same vectors that all threads may read} If the memory belongs to a
  /// confined arena of the calling thread, the view is usable while that thread waits for the
  /// others and keeps the arena open.
  ///
  /// @param what name of the vectors in messages, such as `base vectors`
  /// @throws IllegalArgumentException if the memory is closed, or of another thread's confined
  ///   arena
  public VectorSource forAllThreads(String what) {
    SegmentAccess.requireReadable(segment, what);
    if (!SegmentAccess.isConfined(segment)) {
      return this;
    }
    MemorySegment shared = SegmentAccess.forAllThreads(segment);
    return new VectorSource(shared, firstOffset, strideBytes, count, dimension, elementType);
  }

  /// {@return bytes of one vector, without what the stride adds}
  public int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  /// {@return byte offset of a row in [#segment()]} The row is not checked.
  ///
  /// @param row number of the row, from 0
  public long offset(long row) {
    return firstOffset + row * strideBytes;
  }

  /// {@return native address of a row, for a [DistanceKernel]} The row is not checked.
  ///
  /// @param row number of the row, from 0
  public long address(long row) {
    return segment.address() + offset(row);
  }

  /// {@return the rows `fromRow` (inclusive) to `fromRow + rowCount` as a view of the same memory}
  ///
  /// @param fromRow first row, from 0
  /// @param rowCount number of rows
  /// @throws IndexOutOfBoundsException if they are not all rows of this view
  public VectorSource rows(long fromRow, long rowCount) {
    if (fromRow < 0 || rowCount < 0 || fromRow > count - rowCount) {
      throw new IndexOutOfBoundsException(
          "fromRow=" + fromRow + ", rowCount=" + rowCount + ", count=" + count);
    }
    return new VectorSource(
        segment, offset(fromRow), strideBytes, rowCount, dimension, elementType);
  }

  /// {@return one element as a float, whatever its type}
  ///
  /// @param row number of the row, from 0
  /// @param column number of the element, from 0
  /// @throws IndexOutOfBoundsException if it is not in the memory
  /// @throws IllegalStateException if the arena of the memory is closed
  public float element(long row, int column) {
    long at = offset(row) + (long) column * elementType.elementBytes();
    return switch (elementType) {
      case FLOAT32 -> segment.get(FLOAT, at);
      case UINT8 -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      case INT8 -> segment.get(ValueLayout.JAVA_BYTE, at);
    };
  }

  /// Copies a row into `target[0..dimension)` as floats.
  ///
  /// @param row number of the row, from 0
  /// @param target receives the elements; at least `dimension` long
  /// @throws IndexOutOfBoundsException if the row is not in the memory, or `target` is too short
  /// @throws IllegalStateException if the arena of the memory is closed
  public void copyRow(long row, float[] target) {
    long at = offset(row);
    switch (elementType) {
      case FLOAT32 -> MemorySegment.copy(segment, FLOAT, at, target, 0, dimension);
      case UINT8 -> {
        for (int column = 0; column < dimension; column++) {
          target[column] = segment.get(ValueLayout.JAVA_BYTE, at + column) & 0xff;
        }
      }
      case INT8 -> {
        for (int column = 0; column < dimension; column++) {
          target[column] = segment.get(ValueLayout.JAVA_BYTE, at + column);
        }
      }
    }
  }
}
