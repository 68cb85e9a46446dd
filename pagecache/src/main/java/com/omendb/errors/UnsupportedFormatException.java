package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// An intact file of the right kind, written in a format version that this release does not read.
public final class UnsupportedFormatException extends IOException {
  private final int formatVersion;

  public UnsupportedFormatException(Path path, int formatVersion, int minVersion, int maxVersion) {
    super(
        "written by version %d, this release reads %d to %d: path=%s"
            .formatted(formatVersion, minVersion, maxVersion, path));
    this.formatVersion = formatVersion;
  }

  /// The version that the file is written in.
  public int formatVersion() {
    return formatVersion;
  }
}
