package com.omendb.pagecache.storage;

import com.omendb.errors.DiskSpaceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The room that is left on the volume of a path.
public final class DiskSpace {
  private DiskSpace() {}

  /// {@return bytes that may still be written on the volume of a path, which need not exist yet}
  ///
  /// @param path the name
  /// @throws IOException if the file system refuses, or the device fails
  public static long usableBytes(Path path) throws IOException {
    Path place = path.toAbsolutePath().normalize();
    for (Path parent = place.getParent();
        !Files.exists(place) && parent != null;
        parent = parent.getParent()) {
      place = parent;
    }
    return Files.getFileStore(place).getUsableSpace();
  }

  /// Checks that the volume of a path can take so many bytes.
  ///
  /// @param path where they will be written; need not exist yet
  /// @param neededBytes how many
  /// @throws DiskSpaceException if it cannot
  public static void require(Path path, long neededBytes) throws IOException {
    long usable = usableBytes(path);
    if (neededBytes > usable) {
      throw new DiskSpaceException(path, neededBytes, usable);
    }
  }
}
