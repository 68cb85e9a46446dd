package com.omendb.store.snapshot;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.directory.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;

/// A file of an index, held open: it can be read to its end even when it is deleted meanwhile.
final class SourceFile implements Closeable {
  private final String name;
  private final Path path;
  private final Manifest.FileEntry expected;
  private final FileChannel channel;

  private SourceFile(String name, Path path, Manifest.FileEntry expected, FileChannel channel) {
    this.name = name;
    this.path = path;
    this.expected = expected;
    this.channel = channel;
  }

  /// Opens a file.
  ///
  /// @throws java.nio.file.NoSuchFileException if it does not exist
  /// @throws CorruptFileException if it has not the length that the manifest says
  static SourceFile open(String name, Path path, Manifest.FileEntry expected) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    SourceFile file = new SourceFile(name, path, expected, channel);
    boolean fits = false;
    try {
      long length = channel.size();
      if (length != expected.length()) {
        throw new CorruptFileException(
            "file of the index is damaged",
            path,
            0,
            expected.length() + " bytes",
            length + " bytes");
      }
      fits = true;
      return file;
    } finally {
      if (!fits) {
        channel.close();
      }
    }
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  long length() {
    return expected.length();
  }

  /// What the manifest says of it.
  Manifest.FileEntry entry() {
    return expected;
  }

  /// Reads `count` bytes from an offset on.
  void read(long offset, byte[] target, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, 0, count);
    long at = offset;
    while (buffer.hasRemaining()) {
      int bytes = channel.read(buffer, at);
      if (bytes < 0) {
        throw new CorruptFileException(
            "file of the index was cut while it was read",
            path,
            at,
            expected.length() + " bytes",
            at + " bytes");
      }
      at += bytes;
    }
  }

  /// Fails unless the checksum of all bytes is the manifest's.
  void requireChecksum(int crc32c) throws CorruptFileException {
    if (crc32c != expected.crc32c()) {
      throw new CorruptFileException(
          "file of the index is damaged: its checksum differs",
          path,
          0,
          HexFormat.of().toHexDigits(expected.crc32c()),
          HexFormat.of().toHexDigits(crc32c));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
