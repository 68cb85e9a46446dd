package com.omendb.errors;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Another process or thread is writing into the directory. Nothing was changed.
public final class DirectoryLockedException extends FileSystemException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable LockOwner owner;

  /// Names the owner of the lock.
  ///
  /// @param directory the locked directory
  /// @param owner process that holds the lock; null if it is not known
  public DirectoryLockedException(Path directory, @Nullable LockOwner owner) {
    super(
        directory.toString(),
        null,
        "is being written by " + (owner == null ? "an unknown process" : owner));
    this.owner = owner;
  }

  /// {@return the process that holds the lock; null if it could not be read}
  public @Nullable LockOwner owner() {
    return owner;
  }
}
