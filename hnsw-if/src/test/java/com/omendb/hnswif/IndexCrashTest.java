package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.CrashRounds;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: however a build over an index ends, the index that was there is there or the new
/// one, with every checksum right and with its own answers; the new one once the build has
/// returned, whether it went on with what a crash had left or not.
class IndexCrashTest {
  private static final int ROUNDS = 60;
  private static final int DIMENSION = 8;

  @TempDir Path temporary;

  /// One index: that of so many vectors.
  private record Version(VectorSource vectors, BuildOptions options) {}

  /// Resumed builds go on with what the crash left of a build of the same vectors.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterACrashTheOldIndexOrTheNewOneAnswers(boolean resume) throws IOException {
    long seed = Seeds.seed("afterACrashTheOldIndexOrTheNewOneAnswers", 96);
    try (Arena arena = Arena.ofShared()) {
      BuildOptions options =
          TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
              .resume(resume)
              .tuning(t -> t.seed(seed).codes("pq:4"))
              .build();
      List<Version> versions =
          List.of(
              new Version(vectors(40, ElementType.UINT8, seed, arena), options),
              new Version(
                  vectors(70, ElementType.FLOAT32, seed, arena),
                  options.toBuilder().tuning(t -> t.method(BuildMethod.VAMANA)).build()),
              new Version(vectors(250, ElementType.INT8, seed, arena), options));
      CrashRounds rounds =
          new CrashRounds(
              new CrashRounds.Scenario() {
                @Override
                public void write(Storage storage, Path root, int version) throws IOException {
                  Version written = versions.get(version);
                  new HybridKind()
                      .build(
                          written.vectors,
                          VectorIds.rows(),
                          storage,
                          root.resolve("index"),
                          written.options.toBuilder().overwrite(true).build(),
                          Progress.NONE);
                }

                @Override
                public int read(Path root) throws IOException {
                  return version(root.resolve("index"), versions);
                }
              },
              versions.size(),
              temporary,
              seed);
      Map<CrashRounds.Outcome, Integer> outcomes = rounds.run(CrashRounds.count(ROUNDS));
      assertTrue(outcomes.size() >= 3, outcomes::toString);
    }
  }

  private static VectorSource vectors(int count, ElementType type, long seed, Arena arena) {
    return TestIndexes.clustered(count, DIMENSION, type, seed + count, arena);
  }

  private static int version(Path directory, List<Version> versions) throws IOException {
    if (!Files.exists(directory.resolve(Manifest.FILE))) {
      return CrashRounds.NOTHING;
    }
    VerifyReport report =
        AnnIndex.verify(
            directory, VerifyOptions.full().toBuilder().threads(1).build(), Progress.NONE);
    assertEquals(List.of(), report.damages());
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      for (int version = 0; version < versions.size(); version++) {
        VectorSource vectors = versions.get(version).vectors;
        if (vectors.count() == index.info().count()) {
          requireAnswers(index, vectors);
          return version;
        }
      }
      throw new AssertionError("an index that nobody wrote: " + index.info());
    }
  }

  private static void requireAnswers(AnnIndex index, VectorSource vectors) throws IOException {
    assertEquals(vectors.elementType(), index.info().elementType());
    for (long row = 0; row < vectors.count(); row += 13) {
      SearchResult result = index.search(SearchRequest.of(vectors, row, 1));
      assertArrayEquals(new float[] {0}, result.distances());
    }
  }
}
