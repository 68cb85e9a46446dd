package com.omendb.pagecache.read;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// An open file that pages are read from at given positions. Thread-safe.
public interface PageSource extends AutoCloseable {
  /// Fills the segment from the file, or throws: never a short read.
  ///
  /// @throws ShortReadException when the file ends within the segment
  void read(MemorySegment target, long offset) throws IOException;

  /// Whether interrupting a thread that reads leaves the file open for the others.
  boolean survivesInterrupts();

  @Override
  void close() throws IOException;
}
