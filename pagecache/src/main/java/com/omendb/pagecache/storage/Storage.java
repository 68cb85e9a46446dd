package com.omendb.pagecache.storage;

import com.omendb.errors.DirectoryLockedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Through which every file of an index is written: the few operations whose order decides what is
/// left after a crash.
///
/// What a crash of the machine may do to each, and what therefore has to follow it:
///
/// | operation | lasting after |
/// |---|---|
/// | [StorageFile#write] | [StorageFile#force] of the file |
/// | [#create], [#createDirectory], [#rename], [#link], [#delete] | [#syncDirectory] of the directory that holds the name |
///
/// Until then any part of them may be lost, whatever their order. A rename is seen wholly or not at
/// all. Scratch files, which are not read after a crash, need not go through here.
///
/// Thread-safe.
public interface Storage {

  /// How the bytes of a new file reach the device.
  enum Access {
    /// Through the kernel's page cache.
    CACHED,
    /// Past the kernel's page cache where the file system lets us. Memory, offsets and lengths of
    /// writes are multiples of 4096.
    DIRECT
  }

  /// {@return the files of this machine}
  static Storage disk() {
    return DiskStorage.INSTANCE;
  }

  /// Creates an empty file for writing and reading.
  ///
  /// @param path the name
  /// @param access how bytes reach the device
  /// @return the open file
  /// @throws java.nio.file.FileAlreadyExistsException when there is something of the name
  StorageFile create(Path path, Access access) throws IOException;

  /// Opens a file for reading.
  ///
  /// @param path the name
  /// @return the open file
  /// @throws java.nio.file.NoSuchFileException when there is none
  StorageFile open(Path path) throws IOException;

  /// Creates a directory; the one that holds it exists.
  ///
  /// @param directory the directory
  /// @throws java.nio.file.FileAlreadyExistsException when there is something of the name
  void createDirectory(Path directory) throws IOException;

  /// Gives a file another name on the same volume at once, in place of a file that has it.
  ///
  /// @param from the name that it has
  /// @param to the new name
  /// @throws IOException if the file system refuses, or the device fails
  void rename(Path from, Path to) throws IOException;

  /// Gives a file one more name on the same volume; the file goes when its last name is deleted.
  ///
  /// @param existing the name that it has
  /// @param link the further name
  /// @throws UnsupportedOperationException where files have one name each
  /// @throws IOException if the file system refuses, or the device fails
  default void link(Path existing, Path link) throws IOException {
    throw new UnsupportedOperationException("no second names in " + this);
  }

  /// Deletes a file or an empty directory; nothing happens when there is none.
  ///
  /// @param path the name
  /// @throws IOException if the file system refuses, or the device fails
  void delete(Path path) throws IOException;

  /// Makes what happened to the names in a directory lasting.
  ///
  /// @param directory the directory
  /// @throws IOException if the file system refuses, or the device fails
  void syncDirectory(Path directory) throws IOException;

  /// {@return what is in a directory, by name}
  ///
  /// @param directory the directory
  /// @throws IOException if the file system refuses, or the device fails
  List<Path> list(Path directory) throws IOException;

  /// Keeps every other writer out of a directory, of this process and others, until the lock is
  /// closed or the process ends, however it ends.
  ///
  /// @param directory the directory
  /// @return the lock
  /// @throws DirectoryLockedException naming who holds it
  DirectoryLock lock(Path directory) throws IOException;

  /// {@return where to write a new file}
  ///
  /// @param path the name
  default FileTarget file(Path path) {
    return new FileTarget(this, path);
  }
}
