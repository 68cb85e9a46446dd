package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// A volume that has too little room for what would be written to it; nothing was written.
public final class DiskSpaceException extends IOException {
  private static final long serialVersionUID = 1;

  private final long neededBytes;
  private final long usableBytes;

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

  /// Bytes that would have been written.
  public long neededBytes() {
    return neededBytes;
  }

  /// Bytes that the volume had room for.
  public long usableBytes() {
    return usableBytes;
  }
}
