package com.omendb.diskann.leaf;

import com.omendb.vectors.memory.NativeMemory;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A scratch file to which native memory is appended and from which it is read again by position,
/// never through a mapping. Created with the first append, deleted when closed. Thread-safe.
final class SpillFile implements AutoCloseable {
  private final Path path;
  private final AtomicLong end = new AtomicLong();
  private @Nullable FileChannel channel;

  SpillFile(Path path) {
    this.path = path;
  }

  /// Appends bytes and returns the offset at which they lie.
  long append(long address, int bytes) {
    long offset = end.getAndAdd(bytes);
    ByteBuffer buffer = buffer(address, bytes);
    try {
      FileChannel open = channel();
      long at = offset;
      while (buffer.hasRemaining()) {
        at += open.write(buffer, at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write scratch: path=" + path, e);
    }
    return offset;
  }

  /// Reads bytes that were appended.
  void read(long offset, long address, int bytes) {
    ByteBuffer buffer = buffer(address, bytes);
    try {
      FileChannel open = channel();
      long at = offset;
      while (buffer.hasRemaining()) {
        int read = open.read(buffer, at);
        if (read < 0) {
          throw new EOFException("the scratch file is shorter than what was written: offset=" + at);
        }
        at += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read scratch: path=" + path, e);
    }
  }

  /// Bytes appended so far.
  long bytes() {
    return end.get();
  }

  private static ByteBuffer buffer(long address, int bytes) {
    return NativeMemory.ALL.asSlice(address, bytes).asByteBuffer();
  }

  private synchronized FileChannel channel() throws IOException {
    if (channel == null) {
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close scratch: path=" + path, e);
      }
    }
  }
}
