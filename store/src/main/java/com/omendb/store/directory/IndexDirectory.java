package com.omendb.store.directory;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.files.PathCheck;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is in the directory of an index, and what of it may go: see [Publication].
public final class IndexDirectory {
  private IndexDirectory() {}

  /// Checks that there is a directory that may hold an index.
  ///
  /// @throws NoSuchFileException if there is none
  /// @throws java.nio.file.FileSystemException if that cannot be found out
  public static void require(Path directory) throws IOException {
    BasicFileAttributes found = PathCheck.find(directory);
    if (found == null || !found.isDirectory()) {
      throw new NoSuchFileException(
          directory.toString(),
          null,
          "no index there: " + (found == null ? "no such directory" : "not a directory"));
    }
  }

  /// Creates a directory and those above it that do not exist, and makes their names lasting.
  ///
  /// @return whether the directory itself was created by this call
  public static boolean createDirectories(Storage storage, Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !PathCheck.exists(parent)) {
      createDirectories(storage, parent);
    }
    boolean created = false;
    try {
      storage.createDirectory(directory);
      created = true;
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; whose index it will be, the lock decides.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    if (parent != null) {
      storage.syncDirectory(parent);
    }
    return created;
  }

  /// Fails if an index may not be made in a directory that exists, and changes nothing.
  static void checkTarget(Path directory, boolean overwrite) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new FileAlreadyExistsException(
          directory.toString(), null, "exists and is not a directory");
    }
    if (Manifest.isIn(directory)) {
      if (!overwrite) {
        throw new FileAlreadyExistsException(
            directory.toString(), null, "holds an index already; overwrite is off");
      }
      return;
    }
    for (Path entry : Storage.disk().list(directory)) {
      if (!isOurs(directory, entry)) {
        throw new FileAlreadyExistsException(
            directory.toString(),
            null,
            "is not empty and not an index, so it is not touched: found "
                + entry.getFileName()
                + (StagingDirectory.isNamedLikeOne(entry) ? ", which no build has marked" : ""));
      }
    }
  }

  // Whether a build made this, and no index needs it.
  private static boolean isOurs(Path directory, Path entry) throws IOException {
    String name = String.valueOf(entry.getFileName());
    return name.equals(DirectoryLock.FILE)
        || StagingDirectory.isMarked(entry)
        || StagingDirectory.isUnmarked(Storage.disk(), entry)
        || isStagedManifest(directory, name);
  }

  private static boolean isStagedManifest(Path directory, String name) throws IOException {
    String indexId = Manifest.indexIdOfStaged(name);
    return !indexId.isEmpty() && StagingDirectory.isMarked(directory.resolve(indexId));
  }

  /// Deletes what builds that were killed left behind, save what was chosen to stay. Beside a
  /// manifest that cannot be read nothing is deleted before there is another index: its files may
  /// be all that is left of this one.
  static void deleteLeftovers(Storage storage, Path directory, Publication.Choice choice)
      throws IOException {
    List<String> keep = new ArrayList<>();
    if (choice.takesOver()) {
      keep.add(choice.indexId().toString());
    }
    choice.spared().forEach(id -> keep.add(id.toString()));
    if (Files.exists(directory.resolve(Manifest.FILE))) {
      String publishedId = publishedId(directory);
      if (publishedId.isEmpty()) {
        return;
      }
      if (publishedId.equals(choice.indexId().toString())) {
        throw new FileAlreadyExistsException(
            directory.toString(), null, "already holds this index: indexId=" + choice.indexId());
      }
      keep.add(publishedId);
      unmark(storage, directory.resolve(publishedId));
    }
    deleteOthers(storage, directory, keep);
    for (Path entry : storage.list(directory)) {
      if (StagingDirectory.isNamedLikeOne(entry)
          && !keep.contains(String.valueOf(entry.getFileName()))
          && !StagingDirectory.isMarked(entry)) {
        LogCode.UNMARKED_FOLDER_STAYS.log(entry);
      }
    }
  }

  /// The staging directories of builds that were cut short and may be deleted: beside a manifest
  /// that cannot be read there are none.
  static List<Path> unfinished(Storage storage, Path directory) throws IOException {
    String publishedId = "none";
    if (Files.exists(directory.resolve(Manifest.FILE))) {
      publishedId = publishedId(directory);
      if (publishedId.isEmpty()) {
        return List.of();
      }
    }
    List<Path> unfinished = new ArrayList<>();
    for (Path entry : storage.list(directory)) {
      if (!entry.endsWith(publishedId) && StagingDirectory.isMarked(entry)) {
        unfinished.add(entry);
      }
    }
    return unfinished;
  }

  /// The id of the index that a directory's manifest names; empty if it cannot be read.
  static String publishedId(Path directory) throws IOException {
    try {
      return Manifest.read(directory).indexId().toString();
    } catch (CorruptFileException _) {
      return "";
    } catch (UnsupportedFormatException _) {
      return Manifest.statedIndexId(directory);
    }
  }

  /// Marks the files of the index that a directory's manifest names, damaged or not, so that they
  /// can be deleted once there is another one.
  ///
  /// @return where they are, or null if they have a mark already or are not to be found
  static @Nullable Path markReplaced(Storage storage, Path directory) throws IOException {
    String indexId =
        Files.exists(directory.resolve(Manifest.FILE)) ? Manifest.statedIndexId(directory) : "";
    if (indexId.isEmpty()) {
      return null;
    }
    Path files = directory.resolve(indexId);
    if (!Files.isDirectory(files, LinkOption.NOFOLLOW_LINKS) || StagingDirectory.isMarked(files)) {
      return null;
    }
    try {
      BuildMark.write(storage, files, indexId);
      return files;
    } catch (AccessDeniedException | FileAlreadyExistsException e) {
      LogCode.OLD_FILES_STAY.log(directory, e.toString());
      return null;
    }
  }

  /// Takes the mark away from the files of an index that is published.
  static void unmark(Storage storage, Path files) throws IOException {
    Path mark = files.resolve(BuildMark.FILE);
    if (Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) {
      storage.delete(mark);
    }
  }

  /// Deletes the files of all indexes but some, as far as they bear the mark of a build.
  static void deleteOthers(Storage storage, Path directory, List<String> keep) throws IOException {
    List<Path> entries = storage.list(directory);
    for (Path entry : entries) {
      if (StagingDirectory.isUnmarked(storage, entry)) {
        StagingDirectory.deleteUnmarked(storage, entry);
      }
    }
    for (Path entry : entries) {
      if (StagingDirectory.isNamedLikeOne(entry)
          && !keep.contains(String.valueOf(entry.getFileName()))) {
        StagingDirectory.delete(storage, entry, Set.of());
      }
    }
  }

  /// Deletes a directory unless something has come into it.
  static void deleteIfEmpty(Storage storage, Path directory) throws IOException {
    try {
      storage.delete(directory);
    } catch (DirectoryNotEmptyException _) {
      // Another build has begun there.
    }
  }
}
