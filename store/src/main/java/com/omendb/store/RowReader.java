package com.omendb.store;

import com.omendb.vectors.ElementType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Vectors that can be read once, one after another: from another program's storage, a network
/// connection, or any input that is not one memory segment.
///
/// One thread uses it.
public interface RowReader {
  /// {@return elements a vector}
  int dimension();

  /// {@return type of the elements}
  ElementType elementType();

  /// Reads the next vector.
  ///
  /// @param target native memory of one vector, to be filled with its elements, little-endian
  /// @return whether there was one
  /// @throws IOException if it cannot be read; the build ends with it
  boolean next(MemorySegment target) throws IOException;

  /// {@return the id of the vector that was read last}
  ///
  /// @param row number of vectors read before it, so its row, from 0
  default long id(long row) {
    return row;
  }
}
