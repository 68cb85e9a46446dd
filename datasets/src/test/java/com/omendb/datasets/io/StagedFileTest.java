package com.omendb.datasets.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: a file appears whole or not at all; no other file is touched, whatever its name.
class StagedFileTest {
  @TempDir Path folder;

  private StagedFile begin(Path target) throws IOException {
    StagedFile file = StagedFile.create(target);
    file.append(ByteBuffer.wrap("new".getBytes(StandardCharsets.UTF_8)));
    return file;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileOfTheUsualNameForPartsIsNotTouched() throws IOException {
    Path part = Files.writeString(folder.resolve("a.fbin.part"), "precious");
    try (StagedFile file = begin(folder.resolve("a.fbin"))) {
      file.publish();
    }
    begin(folder.resolve("a.fbin")).close();
    assertEquals("precious", Files.readString(part));
    assertEquals("new", Files.readString(folder.resolve("a.fbin")));
    assertEquals(List.of("a.fbin", "a.fbin.part"), names());
  }

  @Test
  void aFileThatCameMeanwhileIsNotReplaced() throws IOException {
    Path target = folder.resolve("a.fbin");
    try (StagedFile file = begin(target)) {
      Files.writeString(target, "precious");
      assertThrows(FileAlreadyExistsException.class, file::publish);
    }
    assertEquals("precious", Files.readString(target));
    assertEquals(List.of("a.fbin"), names());
  }
}
