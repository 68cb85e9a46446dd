package com.omendb.errors;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Somebody else is writing into the directory; nothing was touched.
public final class DirectoryLockedException extends FileSystemException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable LockOwner owner;

  /// Names who holds the lock.
  ///
  /// @param directory that is locked
  /// @param owner who holds it; null if that is not known
  public DirectoryLockedException(Path directory, @Nullable LockOwner owner) {
    super(
        directory.toString(),
        null,
        "is being written by "
            + (owner == null ? "another process, which has not said who it is" : owner));
    this.owner = owner;
  }

  /// {@return who holds the lock, or null if that could not be read}
  public @Nullable LockOwner owner() {
    return owner;
  }
}
