package com.omendb.diskann.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file of an index that is written from an archive, and forced to the device at its end.
final class RestoredFile implements ArchiveReader.Sink {
  private final FileChannel channel;
  private final ArchiveWriter.BytesDone done;

  /// Begins a file, which must not exist.
  RestoredFile(Path path, ArchiveWriter.BytesDone done) throws IOException {
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    this.done = done;
  }

  @Override
  public void write(byte[] bytes, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    done.bytes(count);
  }

  @Override
  public void complete() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
