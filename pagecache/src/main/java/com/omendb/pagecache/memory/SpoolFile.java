package com.omendb.pagecache.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Bytes of a job that come one after another and are wanted as one piece of memory: a file without
/// a name, gone with the process, mapped once all are there. Not thread-safe.
public final class SpoolFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private SpoolFile(FileChannel channel) {
    this.channel = channel;
  }

  /// An empty file on the volume of a folder.
  public static SpoolFile create(Path folder) throws IOException {
    Path path = Files.createTempFile(folder, "omen-rows-", ".tmp");
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
    return new SpoolFile(channel);
  }

  /// Adds bytes.
  ///
  /// @throws IOException also if the volume is full
  public void add(MemorySegment bytes) throws IOException {
    ByteBuffer added = bytes.asByteBuffer();
    while (added.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(buffer.remaining(), added.remaining());
      buffer.put(buffer.position(), added, added.position(), count);
      buffer.position(buffer.position() + count);
      added.position(added.position() + count);
    }
  }

  /// All bytes that were added.
  ///
  /// @param arena maps them
  public MemorySegment map(Arena arena) throws IOException {
    flush();
    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
