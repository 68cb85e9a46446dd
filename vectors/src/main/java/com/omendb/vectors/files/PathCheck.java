package com.omendb.vectors.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// What is at a path that a caller named. Unlike [Files#exists], what keeps one from seeing it is
/// an exception with the reason, and not taken for nothing.
public final class PathCheck {
  private PathCheck() {}

  /// Attributes of the file at the end of all links; null if there is none.
  ///
  /// @throws FileSystemException if it may not be looked at, or it or a folder above it is a link
  ///   that leads nowhere or in a circle
  /// @throws NotDirectoryException if it would lie below something that is no folder
  public static @Nullable BasicFileAttributes find(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(path)) {
        throw new FileSystemException(
            path.toString(),
            null,
            "it is a link to nowhere (" + Files.readSymbolicLink(path) + ")");
      }
      Path above = path.toAbsolutePath().getParent();
      if (above != null) {
        BasicFileAttributes found = find(above);
        if (found != null && !found.isDirectory()) {
          throw new NotDirectoryException(above.toString());
        }
      }
      return null;
    }
  }

  /// Whether there is anything, at the end of all links.
  ///
  /// @throws FileSystemException as [#find]
  public static boolean exists(Path path) throws IOException {
    return find(path) != null;
  }

  /// Checks that a file is there.
  ///
  /// @throws NoSuchFileException if nothing is
  /// @throws FileSystemException if something else is, or as [#find]
  public static void requireFile(Path path) throws IOException {
    BasicFileAttributes found = find(path);
    if (found == null) {
      throw new NoSuchFileException(path.toString());
    }
    if (!found.isRegularFile()) {
      throw new FileSystemException(
          path.toString(),
          null,
          found.isDirectory() ? "it is a folder, not a file" : "it is no ordinary file");
    }
  }

  /// Checks that a folder is there.
  ///
  /// @throws NoSuchFileException if nothing is
  /// @throws NotDirectoryException if something else is
  /// @throws FileSystemException as [#find]
  public static void requireFolder(Path path) throws IOException {
    BasicFileAttributes found = find(path);
    if (found == null) {
      throw new NoSuchFileException(path.toString(), null, "there is no such folder");
    }
    if (!found.isDirectory()) {
      throw new NotDirectoryException(path.toString());
    }
  }
}
