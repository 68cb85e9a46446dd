package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.command.DemoFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo deletes what it made, and nothing else.
final class DemoFolderTest {
  @TempDir Path temporary;

  private DemoFolder make(Path directory, boolean keep) throws IOException {
    DemoFolder folder = DemoFolder.create(directory, keep);
    for (Path file :
        List.of(
            folder.base(),
            folder.queries(),
            folder.truth(),
            directory.resolve("truth.distances.fbin"))) {
      Files.writeString(file, "made");
    }
    Path files = Files.createDirectories(folder.index().resolve("id"));
    Files.writeString(files.resolve("base.pages"), "made");
    return folder;
  }

  @Test
  void allOfItGoes() throws IOException {
    Path directory = temporary.resolve("demo");
    make(directory, false).close();
    assertFalse(Files.exists(directory));
  }

  @Test
  void whatElseIsInTheFolderStays() throws IOException {
    Path directory = temporary.resolve("demo");
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("thesis.txt"), "precious");
    DemoFolder folder = make(directory, false);
    Files.writeString(directory.resolve("notes.txt"), "precious");
    Files.createSymbolicLink(directory.resolve("link"), outside);
    Files.createSymbolicLink(folder.index().resolve("link"), outside);
    folder.close();
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(
          List.of("link", "notes.txt"),
          left.map(path -> path.getFileName().toString()).sorted().toList());
    }
    assertEquals("precious", Files.readString(outside.resolve("thesis.txt")));
  }

  @Test
  void whatIsThereIsNotTakenAndWhatIsKeptStays() throws IOException {
    Path directory = temporary.resolve("demo");
    make(directory, true).close();
    assertThrows(FileAlreadyExistsException.class, () -> DemoFolder.create(directory, false));
    assertTrue(Files.exists(directory.resolve("base.u8bin")));
  }
}
