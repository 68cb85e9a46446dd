package com.omendb.diskann.format;

import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.UnsupportedFormatException;
import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.Storage;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What is in the directory of an index, and what of it may go: see [Publication].
public final class IndexDirectory {
  private static final Pattern INDEX_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private IndexDirectory() {}

  /// Creates a directory and those above it that do not exist, and makes their names lasting.
  public static void createDirectories(Storage storage, Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !Files.exists(parent)) {
      createDirectories(storage, parent);
    }
    try {
      storage.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; whose index it will be, the lock decides.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    if (parent != null) {
      storage.syncDirectory(parent);
    }
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
            directory.toString(),
            null,
            "holds this very index already: indexId=" + choice.indexId());
      }
      keep.add(publishedId);
    }
    storage.delete(Manifest.staged(directory));
    deleteOthers(storage, directory, keep);
  }

  /// The staging directories of builds that were cut short and may be deleted: beside a manifest
  /// that cannot be read there are none, and what a link leads to is none.
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
      String name = entry.getFileName().toString();
      if (INDEX_ID.matcher(name).matches()
          && !name.equals(publishedId)
          && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        unfinished.add(entry);
      }
    }
    return unfinished;
  }

  /// The id of the published index, of any version; empty if its manifest cannot be read.
  static String publishedId(Path directory) throws IOException {
    try {
      return Manifest.read(directory).indexId().toString();
    } catch (CorruptFileException _) {
      return "";
    } catch (UnsupportedFormatException _) {
      return Manifest.indexIdOfAnyVersion(directory);
    }
  }

  /// Whether a build makes entries of this name.
  static boolean isOurs(Path entry) {
    String name = entry.getFileName().toString();
    return INDEX_ID.matcher(name).matches()
        || name.equals(DirectoryLock.FILE)
        || name.equals(Manifest.STAGED_FILE);
  }

  /// Deletes the files of all indexes but some.
  static void deleteOthers(Storage storage, Path directory, List<String> keep) throws IOException {
    for (Path entry : storage.list(directory)) {
      String name = entry.getFileName().toString();
      if (INDEX_ID.matcher(name).matches() && !keep.contains(name)) {
        deleteTree(storage, entry);
      }
    }
  }

  /// Deletes a directory of files, or nothing if there is none; never follows a link.
  static void deleteTree(Storage storage, Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      // What it leads to is not ours.
      storage.delete(directory);
      return;
    }
    if (!Files.exists(directory)) {
      return;
    }
    for (Path file : storage.list(directory)) {
      storage.delete(file);
    }
    storage.delete(directory);
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
