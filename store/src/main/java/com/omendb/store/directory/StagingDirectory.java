package com.omendb.store.directory;

import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// The making and the deletion of directories of index files, so that each bears a [BuildMark] from
/// before its first file until after its last, whenever the machine crashes.
///
/// A directory has its own name only with a mark in it: it is made and emptied under the name
/// `<indexId>.unmarked`, in which there is never anything but a mark, perhaps half of one.
final class StagingDirectory {
  private static final String UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern INDEX_ID = Pattern.compile(UUID_PATTERN);
  private static final String UNMARKED = ".unmarked";
  private static final Pattern UNMARKED_NAME =
      Pattern.compile(UUID_PATTERN + Pattern.quote(UNMARKED));

  // The files of an index of any kind, what a build remembers, and its scratch files.
  private static final Pattern PART =
      Pattern.compile("[a-z0-9][a-z0-9-]*\\.(pages|dir|pq|graph|hnsw|part)");
  private static final Pattern WRITTEN =
      Pattern.compile(
          PART + "|build\\.[a-z0-9-]+(\\.tmp)?" + "|scratch-[0-9]+\\.tmp" + "|graph-[a-z0-9-]+");

  private StagingDirectory() {}

  /// Whether an entry has the name of a directory of index files.
  static boolean isNamedLikeOne(Path entry) {
    return isIndexId(String.valueOf(entry.getFileName()));
  }

  /// Whether a text is written as an index id is.
  static boolean isIndexId(String text) {
    return INDEX_ID.matcher(text).matches();
  }

  /// Whether a directory of index files is one that no index needs, and may be deleted.
  static boolean isMarked(Path directory) throws IOException {
    return isNamedLikeOne(directory) && BuildMark.isIn(directory, idOf(directory));
  }

  /// Whether an entry is a directory that has no mark yet or no longer, and nothing else in it.
  static boolean isUnmarked(Storage storage, Path entry) throws IOException {
    return UNMARKED_NAME.matcher(String.valueOf(entry.getFileName())).matches()
        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
        && storage.list(entry).stream().allMatch(file -> file.endsWith(BuildMark.FILE));
  }

  /// Whether builds write files of this name, and may delete them in a directory with a mark.
  static boolean isWritten(Path file) {
    return WRITTEN.matcher(String.valueOf(file.getFileName())).matches()
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /// Whether a part of an index may have a name: files of other names could not be deleted, and
  /// some could lead out of the directory.
  static boolean isPartName(String name) {
    return PART.matcher(name).matches();
  }

  /// Checks that a part of an index may have a name.
  ///
  /// @throws IllegalArgumentException if it may not
  static void requirePartName(String name) {
    if (!isPartName(name)) {
      throw new IllegalArgumentException(
          "a part's file ends in .part, or in one of the endings that parts have had so far: name="
              + name);
    }
  }

  /// Makes a marked directory.
  ///
  /// @throws FileAlreadyExistsException if there is something of its name
  static void create(Storage storage, Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          directory.toString(),
          null,
          "has the name that the new index needs, but was not left by a build or holds other files;"
              + " it was not changed");
    }
    Path unmarked = unmarked(directory);
    storage.createDirectory(unmarked);
    boolean made = false;
    try {
      BuildMark.write(storage, unmarked, idOf(directory));
      storage.rename(unmarked, directory);
      // Else files may last under the name that is for none.
      storage.syncDirectory(directory.resolveSibling(""));
      made = true;
    } finally {
      if (!made && Files.exists(unmarked)) {
        deleteUnmarked(storage, unmarked);
      }
    }
  }

  /// Deletes a marked directory: the files that builds write, and then the mark and the directory
  /// unless there are others, which stay.
  ///
  /// @param known names of files that were written, beside those that builds write
  static void delete(Storage storage, Path directory, Set<String> known) throws IOException {
    if (!isMarked(directory)) {
      return;
    }
    Path parent = directory.resolveSibling("");
    storage.delete(Manifest.staged(parent, UUID.fromString(idOf(directory))));
    Optional<Path> foreign = Optional.empty();
    for (Path file : storage.list(directory)) {
      if (file.endsWith(BuildMark.FILE)) {
        continue;
      }
      if (isWritten(file) || known.contains(String.valueOf(file.getFileName()))) {
        storage.delete(file);
      } else {
        foreign = Optional.of(file);
      }
    }
    if (foreign.isPresent()) {
      LogCode.FOREIGN_FILES_STAY.log(foreign.get());
      return;
    }
    // Each step lasts before the next: a mark that goes first would leave files that nothing marks.
    storage.syncDirectory(directory);
    Path unmarked = unmarked(directory);
    storage.rename(directory, unmarked);
    storage.syncDirectory(parent);
    if (isUnmarked(storage, unmarked)) {
      deleteUnmarked(storage, unmarked);
    } else {
      // A thread of a build that is ending was faster.
      storage.rename(unmarked, directory);
    }
  }

  /// Deletes a directory that is unmarked, with what there may be of a mark.
  static void deleteUnmarked(Storage storage, Path unmarked) throws IOException {
    storage.delete(unmarked.resolve(BuildMark.FILE));
    storage.delete(unmarked);
  }

  private static Path unmarked(Path directory) {
    return directory.resolveSibling(idOf(directory) + UNMARKED);
  }

  private static String idOf(Path directory) {
    return String.valueOf(directory.getFileName());
  }
}
