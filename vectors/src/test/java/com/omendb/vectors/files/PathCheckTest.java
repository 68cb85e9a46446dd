package com.omendb.vectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing there is told from something that cannot be seen.
class PathCheckTest {
  @TempDir Path folder;

  @Test
  void filesAndFoldersAreFoundThroughLinks() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path toFolder = Files.createSymbolicLink(folder.resolve("to folder"), folder);
    PathCheck.requireFile(file);
    PathCheck.requireFile(link);
    PathCheck.requireFolder(toFolder);
    assertTrue(PathCheck.exists(link));
    assertThrows(FileSystemException.class, () -> PathCheck.requireFile(toFolder));
    assertThrows(NotDirectoryException.class, () -> PathCheck.requireFolder(link));
  }

  @Test
  void nothingIsNothing() throws IOException {
    Path missing = folder.resolve("missing");
    assertFalse(PathCheck.exists(missing));
    assertFalse(PathCheck.exists(missing.resolve("deep/er")));
    assertThrows(NoSuchFileException.class, () -> PathCheck.requireFile(missing));
    assertThrows(NoSuchFileException.class, () -> PathCheck.requireFolder(missing));
  }

  @Test
  void whatIsInTheWayIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("missing"));
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    assertNamed(file, file.resolve("deep/er"));
    assertNamed(nowhere, nowhere);
    assertNamed(nowhere, nowhere.resolve("deep/er"));
    assertNamed(circle, circle);
  }

  private static void assertNamed(Path named, Path path) {
    FileSystemException e = assertThrows(FileSystemException.class, () -> PathCheck.exists(path));
    assertEquals(named.toString(), e.getFile());
  }
}
