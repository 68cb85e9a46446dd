package com.omendb.pagecache.cache;

import com.omendb.pagecache.read.PageReader;
import java.lang.foreign.MemorySegment;

/// A reader that does what another does, but for what a test changes.
interface ForwardingReader extends PageReader {
  /// The other reader.
  PageReader real();

  @Override
  default int capacity() {
    return real().capacity();
  }

  @Override
  default void submit(long pageNumber, MemorySegment frame, int tag) {
    real().submit(pageNumber, frame, tag);
  }

  @Override
  default int inFlight() {
    return real().inFlight();
  }

  @Override
  default void drop() {
    real().drop();
  }

  @Override
  default void close() {
    real().close();
  }
}
