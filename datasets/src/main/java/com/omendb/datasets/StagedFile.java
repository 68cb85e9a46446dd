package com.omendb.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
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
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw named(target, e);
    }
  }

  /// Overwrites bytes that were written before.
  void overwrite(long offset, ByteBuffer bytes) throws IOException {
    long at = offset;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw named(target, e);
    }
  }

  /// Forces the bytes to disk and gives the file its name.
  void publish() throws IOException {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw named(target, e);
    }
    Files.move(
        staging, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// A failed write, with the file's name: the operating system's message, such as `No space left
  /// on device`, has none.
  static IOException named(Path path, IOException failure) {
    if (failure instanceof FileSystemException) {
      return failure;
    }
    FileSystemException named =
        new FileSystemException(path.toString(), null, failure.getMessage());
    named.initCause(failure);
    return named;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(staging);
  }
}
