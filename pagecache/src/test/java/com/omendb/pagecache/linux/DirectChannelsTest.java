package com.omendb.pagecache.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that cannot be opened in any way is told as that, and not as one that refuses direct
/// access.
class DirectChannelsTest {
  @TempDir Path folder;

  @Test
  void whatCannotBeOpenedAtAllFailsWithTheReason() throws IOException {
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    for (Path path : new Path[] {folder.resolve("missing"), circle}) {
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> DirectChannels.tryOpen(path, StandardOpenOption.READ));
      assertEquals(path.toString(), e.getFile());
    }
  }
}
