package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A volume has too little free space for what would be written. Nothing was written.
public final class DiskSpaceException extends IOException {
  private static final long serialVersionUID = 1;

  /// See [#neededBytes()].
  private final long neededBytes;

  /// See [#usableBytes()].
  private final long usableBytes;

  /// Says how much is missing.
  ///
  /// @param path the file or directory that would be written
  /// @param neededBytes bytes that would be written
  /// @param usableBytes bytes free on the volume
  public DiskSpaceException(Path path, long neededBytes, long usableBytes) {
    super(
        "there is too little room on the disk: path="
            + path
            + ", neededBytes="
            + neededBytes
            + ", usableBytes="
            + usableBytes);
    this.neededBytes = neededBytes;
    this.usableBytes = usableBytes;
  }

  /// {@return bytes that would have been written}
  public long neededBytes() {
    return neededBytes;
  }

  /// {@return bytes that the volume had room for}
  public long usableBytes() {
    return usableBytes;
  }
}
