package com.omendb.pagecache.read;

import com.omendb.pagecache.linux.DirectChannels;
import com.omendb.pagecache.linux.IoUring;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The contract on file channels, which serve where descriptors cannot be had.
class ChannelPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    FileChannel direct = DirectChannels.tryOpen(path, StandardOpenOption.READ);
    FileChannel channel = direct == null ? FileChannel.open(path, StandardOpenOption.READ) : direct;
    return new OpenedSource(
        new ChannelSource(channel, path, direct != null),
        PageReaderKind.PREAD,
        direct != null,
        IoUring::new);
  }
}
