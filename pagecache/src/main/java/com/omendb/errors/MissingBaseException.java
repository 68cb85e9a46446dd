package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/// An archive leaves out a file that an earlier archive holds, and the caller did not give that
/// archive.
public final class MissingBaseException extends IOException {
  private static final long serialVersionUID = 1;

  /// See [#snapshotId()].
  private final UUID snapshotId;

  /// Says which archive is needed.
  ///
  /// @param archive the archive that was read
  /// @param file name of the file that it leaves out
  /// @param snapshotId id of the archive that holds the file
  public MissingBaseException(Path archive, String file, UUID snapshotId) {
    super(
        "the archive needs a file of an earlier archive, which was not given as a base:"
            + " path="
            + archive
            + ", file="
            + file
            + ", snapshotId="
            + snapshotId);
    this.snapshotId = snapshotId;
  }

  /// {@return the snapshot that is needed}
  public UUID snapshotId() {
    return snapshotId;
  }
}
