package com.omendb.tools.command;

import com.omendb.datasets.truth.GroundTruth;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The folder that the demo works in: made anew, and deleted at the end unless it is kept, also
/// when the program is interrupted. Only what the demo made is deleted, and the folder itself only
/// if nothing else has come into it.
public final class DemoFolder implements AutoCloseable {
  private final Path directory;
  private final @Nullable Thread interruptedCleanup;

  private DemoFolder(Path directory, boolean keep) {
    this.directory = directory;
    this.interruptedCleanup = keep ? null : new Thread(this::deleteQuietly, "omen-demo-cleanup");
  }

  /// Makes the folder.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if there is something of that name: nothing
  ///   of the user's is ever deleted
  public static DemoFolder create(Path directory, boolean keep) throws IOException {
    Files.createDirectory(directory);
    DemoFolder folder = new DemoFolder(directory, keep);
    if (folder.interruptedCleanup != null) {
      Runtime.getRuntime().addShutdownHook(folder.interruptedCleanup);
    }
    return folder;
  }

  public Path base() {
    return directory.resolve("base.u8bin");
  }

  public Path queries() {
    return directory.resolve("queries.u8bin");
  }

  public Path truth() {
    return directory.resolve("truth.ibin");
  }

  public Path index() {
    return directory.resolve("index");
  }

  @Override
  public void close() throws IOException {
    if (interruptedCleanup == null) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(interruptedCleanup);
    } catch (IllegalStateException _) {
      // The program is being interrupted and the hook runs.
      return;
    }
    delete();
  }

  private void deleteQuietly() {
    try {
      delete();
    } catch (IOException _) {
      // The program is ending; what could not be deleted stays in the folder that was named.
    }
  }

  private void delete() throws IOException {
    for (Path file : List.of(base(), queries(), truth(), GroundTruth.distancesFile(truth()))) {
      Files.deleteIfExists(file);
    }
    deleteIndex();
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException _) {
      // The demo did not make the other files in it.
    }
  }

  // All of it was made by the demo's own build. Links are deleted, not followed.
  private void deleteIndex() throws IOException {
    if (!Files.isDirectory(index(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        index(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
