package com.omendb.pagecache.read;

import java.io.IOException;
import java.nio.file.Path;

/// The contract on positional reads through the kernel's page cache.
class BufferedPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    return OpenedSource.open(path, false, PageReaderKind.PREAD);
  }
}
