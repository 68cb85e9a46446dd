package com.omendb.diskann.building;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.errors.DiskSpaceException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: a build that has no room is refused only when what killed builds left is gone, and
/// leaves the index that is there as it is.
class BuildTargetTest {
  @TempDir Path temporary;

  @Test
  void roomIsLookedForAfterLeftoversAreDeleted() throws IOException {
    long seed = Seeds.seed("roomIsLookedForAfterLeftoversAreDeleted", 97);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(50, 8, ElementType.UINT8, seed, arena);
      BuildOptions options =
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder().overwrite(true).build();
      Path index = TestIndexes.build(vectors, temporary.resolve("index"), options);
      Manifest before = Manifest.read(index);
      UUID killed = new UUID(3, 3);
      Path leftover = index.resolve(killed.toString());
      Path running = temporary.resolve("running");
      try (Publication publication = Publication.begin(running, killed, false)) {
        Files.writeString(publication.file("base.pages").path(), "half");
        TestFiles.copy(publication.stagingDirectory(), leftover);
      }

      IndexBuild.Target full = new IndexBuild.Target(Storage.disk(), index, Long.MAX_VALUE);
      assertThrows(
          DiskSpaceException.class,
          () ->
              IndexBuild.run(
                  vectors,
                  VectorIds.rows(),
                  full,
                  options,
                  Fixtures.PARTS.toBuild(VectorShape.of(vectors), BuildOptions.defaults()),
                  Progress.NONE));
      assertFalse(Files.exists(leftover));
      assertEquals(before, Manifest.read(index));
      assertEquals(2, Storage.disk().list(index).size());

      Path none = temporary.resolve("none");
      IndexBuild.Target fresh = new IndexBuild.Target(Storage.disk(), none, Long.MAX_VALUE);
      assertThrows(
          DiskSpaceException.class,
          () ->
              IndexBuild.run(
                  vectors,
                  VectorIds.rows(),
                  fresh,
                  options,
                  Fixtures.PARTS.toBuild(VectorShape.of(vectors), BuildOptions.defaults()),
                  Progress.NONE));
      assertFalse(Files.exists(none));
    }
  }
}
