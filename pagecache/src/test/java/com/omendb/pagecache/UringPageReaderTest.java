package com.omendb.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/// The contract on io_uring, where the kernel lets us.
class UringPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    OpenedSource best = OpenedSource.open(path, null);
    if (best.engine() != ReadEngine.IO_URING) {
      best.source().close();
    }
    assumeTrue(best.engine() == ReadEngine.IO_URING, "no io_uring for this directory");
    best.source().close();
    OpenedSource forced = OpenedSource.open(path, ReadEngine.IO_URING);
    assertEquals(ReadEngine.IO_URING, forced.engine());
    return forced;
  }
}
