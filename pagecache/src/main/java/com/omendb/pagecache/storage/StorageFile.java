package com.omendb.pagecache.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// An open file of a [Storage]. Positions are explicit; not thread-safe.
public interface StorageFile extends AutoCloseable {

  /// {@return the name it was opened by}
  Path path();

  /// Writes bytes of a buffer, perhaps not all, and moves the buffer's position past them.
  ///
  /// @param bytes what is written
  /// @param position byte offset in the file
  /// @return how many, at least one of a buffer that is not empty
  /// @throws IOException if the file system refuses, or the device fails
  int write(ByteBuffer bytes, long position) throws IOException;

  /// Reads bytes into a buffer, perhaps fewer than fit, and moves the buffer's position past them.
  ///
  /// @param target what is written to
  /// @param position byte offset in the file
  /// @return how many, or -1 at the end of the file
  /// @throws IOException if the file system refuses, or the device fails
  int read(ByteBuffer target, long position) throws IOException;

  /// {@return length in bytes}
  ///
  /// @throws IOException if the file system refuses, or the device fails
  long size() throws IOException;

  /// Makes the content and the length lasting. After a failure, assume that what was written since
  /// the last success is lost: a second call that succeeds proves nothing about it.
  ///
  /// @throws IOException if the file system refuses, or the device fails
  void force() throws IOException;

  /// Closes the file; unforced content may still be lost. A second call does nothing.
  @Override
  void close() throws IOException;

  /// Writes all bytes of a buffer.
  ///
  /// @param bytes what is written
  /// @param position byte offset in the file
  /// @throws IOException if the file system refuses, or the device fails
  default void writeFully(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += write(bytes, at);
    }
  }

  /// Reads until the buffer is full or the file ends.
  ///
  /// @param target what is written to
  /// @param position byte offset in the file
  /// @return how many bytes were read
  /// @throws IOException if the file system refuses, or the device fails
  default int readFully(ByteBuffer target, long position) throws IOException {
    int before = target.position();
    while (target.hasRemaining()) {
      int count = read(target, position + target.position() - before);
      if (count < 0) {
        break;
      }
    }
    return target.position() - before;
  }
}
