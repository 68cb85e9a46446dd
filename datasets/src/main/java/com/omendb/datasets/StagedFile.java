package com.omendb.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that is written under another name and takes its own only when it is whole and on disk.
///
/// Closing without [#publish()] removes what was written. Not thread-safe.
final class StagedFile implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private final FileChannel channel;

  private StagedFile(Path target, Path staging, FileChannel channel) {
    this.target = target;
    this.staging = staging;
    this.channel = channel;
  }

  /// Begins to write a file, in the folder where it will be.
  static StagedFile create(Path target) throws IOException {
    Path staging = target.resolveSibling(target.getFileName() + ".part");
    FileChannel channel =
        FileChannel.open(
            staging,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    return new StagedFile(target, staging, channel);
  }

  /// Appends all remaining bytes.
  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Overwrites bytes that were written before.
  void overwrite(long offset, ByteBuffer bytes) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /// Forces the bytes to disk and gives the file its name.
  void publish() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(
        staging, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(staging);
  }
}
