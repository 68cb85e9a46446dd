package com.omendb.pagecache.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.DiskSpaceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: paths that do not exist yet count as the volume they would be on; a refusal says
/// what is needed and what is there, and makes nothing.
class DiskSpaceTest {
  @TempDir Path temporary;

  @Test
  void aHugeNeedIsRefused() {
    Path path = temporary.resolve("not").resolve("there");
    DiskSpaceException refusal =
        assertThrows(DiskSpaceException.class, () -> DiskSpace.require(path, Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, refusal.neededBytes());
    assertTrue(
        String.valueOf(refusal.getMessage()).endsWith("usableBytes=" + refusal.usableBytes()),
        refusal::toString);
    assertFalse(Files.exists(path));
  }

  @Test
  void aSmallNeedIsNot() throws IOException {
    DiskSpace.require(temporary.resolve("not").resolve("there"), 1);
    assertTrue(DiskSpace.usableBytes(temporary) > 0);
  }
}
