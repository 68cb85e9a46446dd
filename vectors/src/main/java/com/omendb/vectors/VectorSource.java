package com.omendb.vectors;

import com.omendb.vectors.memory.SegmentAccess;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A read-only view of `count` vectors of one dimension and type that lie at a fixed stride in
/// native or memory-mapped memory. No vector is copied.
///
/// The view does not own its memory: whoever opened the arena behind `segment` closes it after the
/// last use of the view. Immutable and thread-safe.
///
/// @param segment native memory that holds every vector
/// @param firstOffset byte offset of row 0 in `segment`
/// @param strideBytes bytes from one row's first element to the next row's
/// @param count number of rows
/// @param dimension elements a vector
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
    if (dimension < 1 || dimension > MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension out of range 1.." + MAX_DIMENSION + ": dimension=" + dimension);
    }
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

  /// A view of densely packed vectors from the start of `segment`.
  public static VectorSource dense(
      MemorySegment segment, long count, int dimension, ElementType elementType) {
    return new VectorSource(
        segment, 0, elementType.vectorBytes(dimension), count, dimension, elementType);
  }

  /// This view for all threads to read: that of memory in a confined arena is usable for as long as
  /// its owner, who calls this, waits for them.
  ///
  /// @param what what the vectors are, for the message, such as `base vectors`
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

  /// Bytes of one vector, without what the stride adds.
  public int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  /// Byte offset of a row in [#segment()]. The row is not checked.
  public long offset(long row) {
    return firstOffset + row * strideBytes;
  }

  /// Native address of a row, for a [DistanceKernel]. The row is not checked.
  public long address(long row) {
    return segment.address() + offset(row);
  }

  /// The rows `fromRow` (inclusive) to `fromRow + rowCount` as a view of the same memory.
  ///
  /// @throws IndexOutOfBoundsException if they are not all rows of this view
  public VectorSource rows(long fromRow, long rowCount) {
    if (fromRow < 0 || rowCount < 0 || fromRow > count - rowCount) {
      throw new IndexOutOfBoundsException(
          "fromRow=" + fromRow + ", rowCount=" + rowCount + ", count=" + count);
    }
    return new VectorSource(
        segment, offset(fromRow), strideBytes, rowCount, dimension, elementType);
  }

  /// One element as a float, whatever its type.
  public float element(long row, int column) {
    long at = offset(row) + (long) column * elementType.elementBytes();
    return switch (elementType) {
      case FLOAT32 -> segment.get(FLOAT, at);
      case UINT8 -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      case INT8 -> segment.get(ValueLayout.JAVA_BYTE, at);
    };
  }

  /// Copies a row into `target[0..dimension)` as floats.
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
