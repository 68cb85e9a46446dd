package com.omendb.datasets.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TemporaryFileTest {
  @Test
  void failedWritesNameTheFile() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full));
    try (OutputStream out = TemporaryFile.output(full, full)) {
      FileSystemException e =
          assertThrows(FileSystemException.class, () -> out.write(new byte[10]));
      assertEquals(full.toString(), e.getFile());
    }
  }
}
