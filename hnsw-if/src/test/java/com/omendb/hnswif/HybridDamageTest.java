package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.AnnIndex;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Damaged hybrid indexes. Invariants: opening refuses a file that is flipped, of another length,
/// missing or of another index, with a typed exception that names it; a page is refused by the
/// searches that read it.
class HybridDamageTest {
  @TempDir Path directory;

  private final Arena arena = Arena.ofShared();
  private final VectorSource base = TestIndexes.clustered(500, 16, ElementType.INT8, 80, arena);

  @AfterEach
  void free() {
    arena.close();
  }

  private Path build(String name) throws IOException {
    return TestIndexes.build(
        base,
        directory.resolve(name),
        TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
            .maxDegree(8)
            .tuning(t -> t.buildListSize(16))
            .build());
  }

  @ParameterizedTest
  @CsvSource({
    "layers.hnsw, PAGES",
    "codes-8.pq, PAGES",
    "codebook-8.pq, PAGES",
    "pages.dir, PAGES",
    "base.pages, PAGES",
    "pages.graph, GROUPS",
    "thin.graph, GRAPH",
    "thin.graph, ALL"
  })
  void damageToAFileIsRefusedByOpening(String name, Residency residency) throws Exception {
    SplittableRandom random = Seeds.random("hybridDamageToAFileIsRefusedByOpening", 81);
    Path index = build("index");
    Path file = TestFiles.file(index, name);
    byte[] whole = Files.readAllBytes(file);
    int verified = name.equals("base.pages") ? 4096 : whole.length;
    for (int round = 0; round < 60; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(round < 30 ? 120 : verified)] ^= (byte) random.nextInt(1, 256);
      Files.write(file, damaged);
      assertRefused(index, residency, file);
    }
    for (int length : new int[] {0, 4095, 4096, whole.length - 1, whole.length + 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(index, residency, file);
    }
    Files.write(file, Files.readAllBytes(TestFiles.file(build("other"), name)));
    assertRefused(index, residency, file);
    Files.delete(file);
    assertRefused(index, residency, file);
    Files.write(file, whole);
    try (AnnIndex open =
        AnnIndex.open(
            index,
            TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build())) {
      assertEquals(500, open.search(SearchRequest.of(base, 0, 500)).count());
    }
  }

  private static void assertRefused(Path index, Residency residency, Path file) {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AnnIndex.open(
                        index,
                        TestIndexes.quickOpen().toBuilder()
                            .tuning(t -> t.residency(residency))
                            .build())
                    .close());
    assertTrue(e instanceof CorruptFileException || e instanceof UnsupportedFormatException);
    TestFiles.assertMentions(file.toString(), e);
  }

  @Test
  void aFlippedByteOfAPageIsRefusedBySearching() throws Exception {
    Path index = build("index");
    Path file = TestFiles.file(index, "base.pages");
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length - 1] ^= 1;
    Files.write(file, damaged);
    try (AnnIndex open = AnnIndex.open(index, TestIndexes.quickOpen())) {
      CorruptFileException e =
          assertThrows(
              CorruptFileException.class, () -> open.search(SearchRequest.of(base, 0, 500)));
      assertEquals(file.toString(), e.path());
    }
  }
}
