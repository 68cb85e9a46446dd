package com.omendb.store;

import static com.omendb.vectors.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.store.metrics.InMemoryMetrics;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/// Invariants: every range is refused just outside its ends, with the offending value in the
/// message; every `with` changes its own part and no other.
class OptionsTest {

  private static SearchRequest request(int k, int searchListSize, int beamWidth) {
    return new SearchRequest(
        MemorySegment.ofArray(new byte[4]),
        ElementType.UINT8,
        k,
        searchListSize,
        beamWidth,
        SearchRequest.AUTO_GAIN,
        0,
        false);
  }

  @Test
  void searchRequestChecksItsRanges() {
    request(1, 0, 0);
    request(10_000, 10_000, 32);
    request(10, 10, 1);
    assertRefused("k=0", () -> request(0, 0, 0));
    assertRefused("k=10001", () -> request(10_001, 0, 0));
    assertRefused("searchListSize=9", () -> request(10, 9, 0));
    assertRefused("searchListSize=-1", () -> request(10, -1, 0));
    assertRefused("searchListSize=10001", () -> request(10, 10_001, 0));
    assertRefused("beamWidth=-1", () -> request(10, 0, -1));
    assertRefused("beamWidth=33", () -> request(10, 0, 33));
    SearchRequest request = request(10, 0, 0);
    request.withGainThreshold(0f);
    request.withGainThreshold(1f);
    assertRefused("gainThreshold=1.5", () -> request.withGainThreshold(1.5f));
    assertRefused("gainThreshold=NaN", () -> request.withGainThreshold(Float.NaN));
    assertRefused("maxPageReads=-1", () -> request.withMaxPageReads(-1));
  }

  @Test
  void searchRequestViewsItsQuery() {
    SearchRequest floats = SearchRequest.of(new float[] {1f, 2f}, 3);
    assertEquals(ElementType.FLOAT32, floats.elementType());
    assertEquals(8, floats.query().byteSize());
    assertEquals(ElementType.UINT8, SearchRequest.ofUint8(new byte[5], 3).elementType());
    assertEquals(ElementType.INT8, SearchRequest.ofInt8(new byte[5], 3).elementType());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(20);
      segment.set(ValueLayout.JAVA_BYTE, 12, (byte) 7);
      VectorSource source = new VectorSource(segment, 2, 5, 3, 4, ElementType.INT8);
      SearchRequest row = SearchRequest.of(source, 2, 9);
      assertEquals(4, row.query().byteSize());
      assertEquals(7, row.query().get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(9, row.k());
    }
  }

  @Test
  void searchRequestCopiesWithOneChange() {
    SearchRequest first = request(10, 20, 4);
    assertEquals(request(10, 20, 8).beamWidth(), first.withBeamWidth(8).beamWidth());
    assertEquals(
        new SearchRequest(first.query(), first.elementType(), 10, 30, 8, 0.5f, 7, true),
        first
            .withDegraded(true)
            .withBeamWidth(8)
            .withSearchListSize(30)
            .withMaxPageReads(7)
            .withGainThreshold(0.5f));
    assertEquals(first, first.withDegraded(true).withDegraded(false));
    assertRefused("searchListSize=5", () -> first.withSearchListSize(5));
  }

  @Test
  void buildOptionsCheckTheirRanges() {
    BuildOptions options = BuildOptions.defaults();
    assertRefused("maxDegree=3", () -> options.withGraph(3, 100, 1.2f));
    assertRefused("maxDegree=251", () -> options.withGraph(251, 100, 1.2f));
    assertRefused("buildListSize=3", () -> options.withGraph(64, 3, 1.2f));
    assertRefused("buildListSize=10001", () -> options.withGraph(64, 10_001, 1.2f));
    assertRefused("alpha=0.99", () -> options.withGraph(64, 100, 0.99f));
    assertRefused("alpha=4.5", () -> options.withGraph(64, 100, 4.5f));
    assertRefused("alpha=NaN", () -> options.withGraph(64, 100, Float.NaN));
    assertRefused("subspaceCount=-1", () -> options.withSubspaceCount(-1));
    assertRefused("subspaceCount=513", () -> options.withSubspaceCount(513));
    assertRefused("threads=0", () -> options.withThreads(0));
    assertRefused("threads=1025", () -> options.withThreads(1025));
    assertRefused("memoryBudgetBytes=0", () -> options.withMemoryBudgetBytes(0));
    options.withGraph(4, 4, 1f).withSubspaceCount(512).withThreads(1024).withMemoryBudgetBytes(1);
    options.withGraph(250, 10_000, 4f);
  }

  @Test
  void buildOptionsCopyWithOneChange() {
    InMemoryMetrics metrics = new InMemoryMetrics();
    BuildOptions changed =
        BuildOptions.defaults()
            .withKind("other")
            .withMetric(Metric.COSINE)
            .withMethod(BuildMethod.VAMANA)
            .withGraph(32, 75, 1.1f)
            .withSubspaceCount(48)
            .withMemoryBudgetBytes(123)
            .withThreads(3)
            .withSeed(7)
            .withOverwrite(true)
            .withResume(true)
            .withMetrics(metrics);
    assertEquals(
        new BuildOptions(
            "other",
            Metric.COSINE,
            BuildMethod.VAMANA,
            32,
            75,
            1.1f,
            48,
            123,
            3,
            7,
            true,
            true,
            metrics),
        changed);
  }

  @Test
  void openOptionsCheckTheirRanges() {
    OpenOptions options = OpenOptions.defaults();
    assertRefused("memoryBudgetBytes=0", () -> options.withMemoryBudgetBytes(0));
    assertRefused("maxSearchers=0", () -> options.withMaxSearchers(0));
    assertRefused("maxSearchers=4097", () -> options.withMaxSearchers(4097));
    InMemoryMetrics metrics = new InMemoryMetrics();
    assertEquals(
        new OpenOptions(5, 6, false, Residency.GRAPH, ReadEngine.MAPPED, metrics),
        options
            .withMemoryBudgetBytes(5)
            .withMaxSearchers(6)
            .withDirectIo(false)
            .withResidency(Residency.GRAPH)
            .withReadEngine(ReadEngine.MAPPED)
            .withMetrics(metrics));
  }
}
