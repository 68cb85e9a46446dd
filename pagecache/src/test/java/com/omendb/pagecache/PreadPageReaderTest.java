package com.omendb.pagecache;

import java.io.IOException;
import java.nio.file.Path;

/// The contract on blocking direct reads; buffered where the file system refuses those.
class PreadPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    return OpenedSource.open(path, ReadEngine.PREAD);
  }
}
