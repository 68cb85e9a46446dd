package com.omendb.pagecache.read;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Reads through a file channel. Such a channel closes itself for everyone when a reading thread is
/// interrupted, so only threads that are never interrupted may read from it.
final class ChannelSource implements PageSource {
  private final FileChannel channel;
  private final Path path;
  private final boolean direct;

  ChannelSource(FileChannel channel, Path path, boolean direct) {
    this.channel = channel;
    this.path = path;
    this.direct = direct;
  }

  @Override
  public void read(MemorySegment target, long offset) throws IOException {
    ByteBuffer buffer = target.asByteBuffer();
    while (buffer.hasRemaining()) {
      int count = Math.max(0, channel.read(buffer, offset + buffer.position()));
      if (DescriptorSource.isAtEnd(count, buffer.position(), target.byteSize(), direct)) {
        throw new ShortReadException(path, offset, target.byteSize(), buffer.position());
      }
    }
  }

  @Override
  public boolean survivesInterrupts() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
