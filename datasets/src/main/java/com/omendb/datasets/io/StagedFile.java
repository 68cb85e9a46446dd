package com.omendb.datasets.io;

import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// A file that is written under another name, which nothing else has, and takes its own only when
/// it is whole and on disk.
///
/// Closing without [#publish()], or the end of the process, removes what was written. A file that
/// has come into its place since it was begun is not replaced. Not thread-safe.
public final class StagedFile implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private final FileChannel channel;
  private final boolean replaces;
  private final Thread cleanUpAtExit = new Thread(this::deleteQuietly, "omen-staged-clean-up");

  /// A file that is written through a channel under a name of its own until it is published.
  public StagedFile(Path target, Path staging, FileChannel channel) {
    this.target = target;
    this.staging = staging;
    this.channel = channel;
    this.replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    Runtime.getRuntime().addShutdownHook(cleanUpAtExit);
  }

  /// Begins to write a file, in the folder where it will be.
  public static StagedFile create(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      PathCheck.requireFolder(folder);
    }
    Path staging = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
    FileChannel channel =
        FileChannel.open(staging, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new StagedFile(target, staging, channel);
  }

  /// Appends all remaining bytes.
  public void append(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw named(target, e);
    }
  }

  /// Overwrites bytes that were written before.
  public void overwrite(long offset, ByteBuffer bytes) throws IOException {
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
  public void publish() throws IOException {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw named(target, e);
    }
    if (!replaces && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "was created meanwhile, so it was not replaced");
    }
    Files.move(
        staging, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// A failed write, with the file's name: the operating system's message, such as `No space left
  /// on device`, has none.
  public static IOException named(Path path, IOException failure) {
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
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUpAtExit);
    } catch (IllegalStateException _) {
      // The process is ending, and the hook does the same.
    }
    channel.close();
    Files.deleteIfExists(staging);
  }

  private void deleteQuietly() {
    try {
      Files.deleteIfExists(staging);
    } catch (IOException _) {
      // The process is ending; the name says what the file is of.
    }
  }
}
