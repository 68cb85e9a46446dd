package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.store.snapshot.Snapshots;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives of version 1 that an earlier build wrote. Invariant: every later release restores them
/// to an index in which searches find what was put in.
///
/// To write them anew: `mvn verify -pl diskann -am -Dtest=GoldenArchiveTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Domen.golden=write`.
class GoldenArchiveTest {
  private static final int COUNT = 100;
  private static final int DIMENSION = 4;
  private static final String FULL = "full.omensnap";
  private static final String SECOND = "second.omensnap";

  @TempDir Path temporary;

  @Test
  void anArchiveOfVersionOneIsRestored() throws Exception {
    check(golden().resolve(FULL), List.of());
  }

  @Test
  void anArchiveThatLeavesEverythingToItsBaseIsRestored() throws Exception {
    Path golden = golden();
    check(golden.resolve(SECOND), List.of(golden.resolve(FULL)));
  }

  private void check(Path archive, List<Path> bases) throws IOException {
    Path index = temporary.resolve("index");
    Snapshots.restore(archive, bases, index, false, Progress.NONE);
    assertEquals(COUNT, Manifest.read(index).count());
    try (Arena arena = Arena.ofConfined();
        AnnIndex open = AnnIndex.open(index, TestIndexes.quickOpen())) {
      VectorSource vectors = vectors(arena);
      for (int row = 0; row < COUNT; row++) {
        SearchResult result = open.search(SearchRequest.of(vectors, row, COUNT));
        assertEquals(COUNT, result.count());
        assertEquals(row, result.id(0));
        assertEquals(0, result.distance(0));
      }
    }
  }

  private Path golden() throws IOException, URISyntaxException {
    if (!System.getProperty("omen.golden", "").equals("write")) {
      URL resource = GoldenArchiveTest.class.getResource("/golden/archive-v1");
      return Path.of(Objects.requireNonNull(resource).toURI());
    }
    Path golden = Path.of("src/test/resources/golden/archive-v1");
    Path index = temporary.resolve("written");
    try (Arena arena = Arena.ofConfined()) {
      TestIndexes.build(
          vectors(arena),
          index,
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
              .maxDegree(6)
              .tuning(t -> t.buildListSize(10))
              .build());
    }
    Snapshots.write(index, golden.resolve(FULL), List.of(), true, Progress.NONE);
    Snapshots.write(
        index, golden.resolve(SECOND), List.of(golden.resolve(FULL)), true, Progress.NONE);
    return golden;
  }

  /// Vectors of bytes that depend on nothing but their place; no two are equal.
  private static VectorSource vectors(Arena arena) {
    VectorSource source =
        VectorSource.dense(
            arena.allocate((long) COUNT * DIMENSION), COUNT, DIMENSION, ElementType.UINT8);
    for (int row = 0; row < COUNT; row++) {
      for (int column = 0; column < DIMENSION; column++) {
        int value = column == 0 ? row : row * (31 + 2 * column) ^ 90 * column;
        source.segment().set(NativeMemory.BYTE, source.offset(row) + column, (byte) value);
      }
    }
    return source;
  }
}
