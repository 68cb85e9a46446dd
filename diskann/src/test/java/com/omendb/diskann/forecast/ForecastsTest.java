package com.omendb.diskann.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.ServingForecast;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: files are as large as forecast, within 15 %; more memory never means more reads;
/// everything forecast grows with the count; a refusal names the smallest budget that works.
class ForecastsTest {
  private static final double TOLERANCE = 0.15;
  private static final BuildOptions BUILD = BuildOptions.builder().kind("diskann").build();

  @TempDir Path temporary;

  @Test
  void theFilesOfASmallBuildAreAsLargeAsForecast() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(20_000, 64, ElementType.UINT8, 71, arena);
      BuildForecast forecast = AnnIndex.forecastBuild(VectorShape.of(vectors), BUILD);
      Path index = temporary.resolve("index");
      AnnIndex.build(vectors, index, BUILD, Progress.NONE);
      long measured = 0;
      for (Map.Entry<String, Long> file : forecast.fileBytes().entrySet()) {
        long bytes = Files.size(TestFiles.file(index, file.getKey()));
        measured += bytes;
        if (file.getKey().startsWith("code") || file.getKey().equals("pages.dir")) {
          assertEquals(bytes, file.getValue(), file.getKey());
        }
      }
      assertEquals(1.0, (double) forecast.indexBytes() / measured, TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {20_000, 1_000_000, 1_000_000_000})
  void moreMemoryNeverMeansMoreReads(long count) {
    VectorShape shape = new VectorShape(count, 128, ElementType.UINT8);
    long least =
        assertThrows(MemoryBudgetException.class, () -> serve(shape, 1)).smallestBudgetBytes();
    ServingForecast last = serve(shape, least);
    for (long budget = least; last.residency() != Residency.ALL; budget += budget / 20) {
      ServingForecast next = serve(shape, budget);
      assertTrue(next.totalBytes() <= budget, () -> "plan=" + next);
      for (int i = 0; i < next.points().size(); i++) {
        assertTrue(
            next.points().get(i).pageReads() <= last.points().get(i).pageReads() + 1e-9,
            "budget=" + budget + ", residency=" + next.residency());
      }
      last = next;
    }
    assertEquals(0, last.points().getFirst().pageReads());
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf", "vamana"})
  void everythingGrowsWithTheCount(String method) {
    BuildOptions options =
        BUILD.toBuilder()
            .metric(Metric.COSINE)
            .tuning(t -> t.method(BuildMethod.ofLabel(method)))
            .build();
    BuildForecast last = null;
    for (long count = 1_000; count <= 1_000_000_000; count *= 10) {
      BuildForecast next =
          AnnIndex.forecastBuild(new VectorShape(count, 96, ElementType.FLOAT32), options);
      assertTrue(next.indexBytes() > count * 96 * 4);
      if (last != null) {
        assertTrue(next.indexBytes() > last.indexBytes());
        assertTrue(next.peakBytes() > last.peakBytes());
        assertTrue(next.totalSeconds() > last.totalSeconds());
        assertTrue(next.diskBytes() > last.diskBytes());
      }
      last = next;
    }
  }

  private static ServingForecast serve(VectorShape shape, long budget) {
    return AnnIndex.forecastServing(
        shape, BUILD, OpenOptions.builder().memoryBudgetBytes(budget).maxSearchers(2).build());
  }
}
