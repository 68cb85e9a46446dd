package com.omendb.datasets.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Refuses work that would fill a volume.
public final class DiskRoom {
  /// Free bytes that stay on every volume for other programs.
  private static final long RESERVE_BYTES = 64L << 20;

  private DiskRoom() {}

  /// Checks that a volume can take so many bytes.
  ///
  /// @param place an existing file or folder on the volume
  /// @param bytes bytes that will be written
  /// @param purpose the file that is unpacked, for the message
  /// @throws IOException if there is less room
  public static void require(Path place, long bytes, Path purpose) throws IOException {
    long room = Files.getFileStore(place).getUsableSpace() - RESERVE_BYTES;
    if (bytes > room) {
      throw new IOException(
          "not enough room at "
              + place
              + " for what is unpacked from "
              + purpose
              + " (the folder for temporary files is chosen with -Djava.io.tmpdir): neededBytes="
              + bytes
              + ", roomBytes="
              + Math.max(0, room));
    }
  }
}
