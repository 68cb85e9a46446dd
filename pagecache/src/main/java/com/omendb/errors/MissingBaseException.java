package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/// An archive that leaves out files which an earlier archive holds, and that one was not given.
public final class MissingBaseException extends IOException {
  private static final long serialVersionUID = 1;

  /// See [#snapshotId()].
  private final UUID snapshotId;

  /// Says which archive is needed.
  ///
  /// @param archive that was read
  /// @param file of the index that it leaves out
  /// @param snapshotId of the archive that holds it
  public MissingBaseException(Path archive, String file, UUID snapshotId) {
    super(
        "the archive leaves out what an earlier one holds, and that one was not given as a base:"
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
