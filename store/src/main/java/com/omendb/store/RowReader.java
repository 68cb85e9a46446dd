package com.omendb.store;

import com.omendb.vectors.ElementType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Vectors that are read one after another, once: those of another program's storage, of a network
/// connection, of any input that does not lie in one memory segment.
///
/// Used by one thread.
public interface RowReader {
  /// {@return elements a vector}
  int dimension();

  /// {@return type of the elements}
  ElementType elementType();

  /// Reads the next vector.
  ///
  /// @param target native memory for its elements, little-endian
  /// @return whether there was one
  /// @throws IOException if it cannot be read; the build ends with it
  boolean next(MemorySegment target) throws IOException;

  /// {@return the id of the vector that was read last}
  ///
  /// @param row how many were read before it
  default long id(long row) {
    return row;
  }
}
