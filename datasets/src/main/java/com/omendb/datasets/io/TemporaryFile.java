package com.omendb.datasets.io;

import com.omendb.vectors.log.LogCode;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file in the system's folder for temporary files that goes away when closed.
///
/// Where the operating system allows it, the name is removed as soon as the file is mapped, so that
/// nothing stays behind even if the process is killed.
public final class TemporaryFile implements AutoCloseable {
  /// Written bytes between two looks at the free space of the volume.
  private static final long ROOM_CHECK_BYTES = 64L << 20;

  private final Path path;

  private TemporaryFile(Path path) {
    this.path = path;
  }

  /// Makes an empty file.
  ///
  /// @param extension what its name ends in, without a dot
  public static TemporaryFile create(String extension) throws IOException {
    return new TemporaryFile(Files.createTempFile("omendb-", "." + extension));
  }

  /// Where it is.
  public Path path() {
    return path;
  }

  /// A stream that writes the file from its beginning, and names it when it fails or when the
  /// volume is nearly full.
  ///
  /// @param purpose the file that the bytes come from
  public OutputStream output(Path purpose) throws IOException {
    return output(path, purpose);
  }

  static OutputStream output(Path path, Path purpose) throws IOException {
    return new FilterOutputStream(Files.newOutputStream(path)) {
      private long bytesToCheck;

      @Override
      public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        if (bytesToCheck <= 0) {
          DiskRoom.require(path, ROOM_CHECK_BYTES, purpose);
          bytesToCheck = ROOM_CHECK_BYTES;
        }
        bytesToCheck -= length;
        try {
          out.write(bytes, from, length);
        } catch (IOException e) {
          throw StagedFile.named(path, e);
        }
      }
    };
  }

  /// Refuses work that cannot fit the volume before it fills it.
  ///
  /// @param bytes bytes that will be written
  /// @param purpose the file that the bytes come from
  public void requireRoom(long bytes, Path purpose) throws IOException {
    DiskRoom.require(path, bytes, purpose);
  }

  /// Removes the name of a file that is mapped already, if the operating system allows that.
  public void deleteWhileMapped() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // A system that keeps mapped files: close() removes it once it is unmapped.
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LogCode.TEMPORARY_FILE_STAYS.log(e, path);
    }
  }
}
