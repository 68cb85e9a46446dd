package com.omendb.pagecache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The contract on file channels, which serve where descriptors cannot be had.
class ChannelPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return new OpenedSource(new ChannelSource(channel, path), ReadEngine.BUFFERED);
  }
}
