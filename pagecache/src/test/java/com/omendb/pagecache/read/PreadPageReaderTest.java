package com.omendb.pagecache.read;

import java.io.IOException;
import java.nio.file.Path;

/// The contract on positional reads, direct unless the file system refuses.
class PreadPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    return OpenedSource.open(path, true, PageReaderKind.PREAD);
  }
}
