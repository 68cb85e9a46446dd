package com.omendb.pagecache.read;

import java.io.IOException;
import java.nio.file.Path;

/// The contract on io_uring through the kernel's page cache.
class BufferedUringPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    return UringPageReaderTest.openRing(path, false);
  }
}
