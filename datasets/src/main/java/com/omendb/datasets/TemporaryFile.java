package com.omendb.datasets;

import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file in the system's folder for temporary files that goes away when closed.
///
/// Where the operating system allows it, the name is removed as soon as the file is mapped, so that
/// nothing stays behind even if the process is killed.
final class TemporaryFile implements AutoCloseable {

  private final Path path;

  private TemporaryFile(Path path) {
    this.path = path;
  }

  static TemporaryFile create(String extension) throws IOException {
    return new TemporaryFile(Files.createTempFile("omendb-", "." + extension));
  }

  Path path() {
    return path;
  }

  /// Refuses work that cannot fit the volume before it fills it.
  ///
  /// @param bytes bytes that will be written
  /// @param purpose the file that the bytes come from
  void requireRoom(long bytes, Path purpose) throws IOException {
    DiskRoom.require(path, bytes, purpose);
  }

  /// Removes the name of a file that is mapped already, if the operating system allows that.
  void deleteWhileMapped() {
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
