package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// An intact file of the right kind, written in a format version that this release does not read.
public final class UnsupportedFormatException extends IOException {
  /// See [#formatVersion()].
  private final int formatVersion;

  /// A file of a version that is not read.
  ///
  /// @param minVersion the oldest version that this release reads
  /// @param maxVersion the newest version that it reads
  /// @param path the file
  /// @param formatVersion version of the file
  public UnsupportedFormatException(Path path, int formatVersion, int minVersion, int maxVersion) {
    super(
        "written by version %d, this release reads %d to %d; %s: path=%s"
            .formatted(
                formatVersion,
                minVersion,
                maxVersion,
                formatVersion < minVersion
                    ? "build the index again from its vectors, or open it with the release that"
                        + " wrote it"
                    : "open it with the release that wrote it, or a later one",
                path));
    this.formatVersion = formatVersion;
  }

  /// {@return the version that the file is written in}
  public int formatVersion() {
    return formatVersion;
  }
}
