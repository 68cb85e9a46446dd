package com.omendb.store;

import static com.omendb.vectors.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.store.metrics.InMemoryMetrics;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Invariants: every range is refused just outside its ends, with the offending value in the
/// message; what is left out has its default or is empty; every setter changes its own part and no
/// other, which equality and text show.
class OptionsTest {
  private static final MemorySegment QUERY = MemorySegment.ofArray(new byte[4]);

  // Each change makes another value; all of them together differ from each in all but one part.
  private static <B> void assertEverySetterCounts(
      Supplier<B> builder, Function<B, Object> build, List<Consumer<B>> changes) {
    Object usual = build.apply(builder.get());
    assertEquals(usual, build.apply(builder.get()));
    assertEquals(usual.hashCode(), build.apply(builder.get()).hashCode());
    B all = builder.get();
    for (Consumer<B> change : changes) {
      change.accept(all);
      B one = builder.get();
      change.accept(one);
      Object changed = build.apply(one);
      assertNotEquals(usual, changed);
      assertNotEquals(usual.toString(), changed.toString());
      B again = builder.get();
      change.accept(again);
      assertEquals(changed, build.apply(again));
    }
    Object together = build.apply(all);
    for (int left = 0; left < changes.size(); left++) {
      B others = builder.get();
      for (int i = 0; i < changes.size(); i++) {
        if (i != left) {
          changes.get(i).accept(others);
        }
      }
      assertNotEquals(together, build.apply(others));
    }
  }

  private static SearchRequest.Builder request(int k) {
    return SearchRequest.builder(QUERY, ElementType.UINT8, k);
  }

  @Test
  void searchRequestsCheckTheirRanges() {
    request(1);
    request(10_000).searchListSize(10_000);
    request(10).searchListSize(10).maxPageReads(1).timeout(Duration.ofNanos(1));
    assertRefused("k=0", () -> request(0));
    assertRefused("k=10001", () -> request(10_001));
    for (int size : new int[] {-1, 0, 9, 10_001}) {
      assertRefused("searchListSize=" + size, () -> request(10).searchListSize(size));
    }
    for (int reads : new int[] {-1, 0}) {
      assertRefused("maxPageReads=" + reads, () -> request(10).maxPageReads(reads));
    }
    assertRefused("timeout=PT0S", () -> request(10).timeout(Duration.ZERO));
    assertRefused("timeout=PT-1S", () -> request(10).timeout(Duration.ofSeconds(-1)));
    SearchTuning.Builder tuning = SearchTuning.builder();
    tuning.beamWidth(1).beamWidth(32).gainThreshold(0).gainThreshold(1);
    for (int width : new int[] {-1, 0, 33}) {
      assertRefused("beamWidth=" + width, () -> tuning.beamWidth(width));
    }
    for (double gain : new double[] {-1, 1.5, Double.NaN}) {
      assertRefused("gainThreshold=" + gain, () -> tuning.gainThreshold(gain));
    }
  }

  @Test
  void whatASearchRequestLeavesOutIsEmpty() {
    SearchRequest plain = SearchRequest.of(QUERY, ElementType.UINT8, 3);
    assertEquals(OptionalInt.empty(), plain.searchListSize());
    assertEquals(OptionalInt.empty(), plain.maxPageReads());
    assertEquals(Optional.empty(), plain.timeout());
    assertEquals(OptionalInt.empty(), plain.tuning().beamWidth());
    assertEquals(OptionalDouble.empty(), plain.tuning().gainThreshold());
    SearchRequest full =
        plain.toBuilder()
            .searchListSize(30)
            .maxPageReads(7)
            .timeout(Duration.ofNanos(5))
            .tuning(t -> t.beamWidth(8).gainThreshold(0.5))
            .build();
    assertEquals(OptionalInt.of(30), full.searchListSize());
    assertEquals(OptionalInt.of(7), full.maxPageReads());
    assertEquals(Optional.of(Duration.ofNanos(5)), full.timeout());
    assertEquals(OptionalInt.of(8), full.tuning().beamWidth());
    assertEquals(OptionalDouble.of(0.5), full.tuning().gainThreshold());
    assertEquals(full, full.toBuilder().build());
  }

  @Test
  void searchRequestsViewTheirQueries() {
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
  void everySetterOfASearchRequestCounts() {
    assertEverySetterCounts(
        () -> request(10),
        SearchRequest.Builder::build,
        List.of(
            b -> b.query(QUERY, ElementType.INT8),
            b -> b.searchListSize(30),
            b -> b.maxPageReads(7),
            b -> b.timeout(Duration.ofNanos(5)),
            b -> b.degraded(true),
            b -> b.tuning(t -> t.beamWidth(8)),
            b -> b.tuning(t -> t.gainThreshold(0.5))));
  }

  @Test
  void buildOptionsCheckTheirRanges() {
    BuildOptions.Builder options = BuildOptions.builder();
    options.maxDegree(4).maxDegree(250).threads(1024).memoryBudgetBytes(1);
    assertRefused("maxDegree=3", () -> options.maxDegree(3));
    assertRefused("maxDegree=251", () -> options.maxDegree(251));
    assertRefused("threads=0", () -> options.threads(0));
    assertRefused("threads=1025", () -> options.threads(1025));
    assertRefused("memoryBudgetBytes=0", () -> options.memoryBudgetBytes(0));
    BuildTuning.Builder tuning = BuildTuning.builder();
    tuning.buildListSize(4).buildListSize(10_000).alpha(1f).alpha(4f);
    assertRefused("buildListSize=3", () -> tuning.buildListSize(3));
    assertRefused("buildListSize=10001", () -> tuning.buildListSize(10_001));
    for (float alpha : new float[] {0.5f, 4.5f, Float.NaN}) {
      assertRefused("alpha=" + alpha, () -> tuning.alpha(alpha));
    }
  }

  @Test
  void everySetterOfBuildOptionsCounts() {
    assertEquals(List.of(), BuildOptions.defaults().tuning().codes());
    assertEquals(IndexKind.HYBRID, BuildOptions.defaults().kind());
    InMemoryMetrics metrics = new InMemoryMetrics();
    assertEverySetterCounts(
        BuildOptions::builder,
        BuildOptions.Builder::build,
        List.of(
            b -> b.kind("other"),
            b -> b.metric(Metric.COSINE),
            b -> b.maxDegree(32),
            b -> b.memoryBudgetBytes(123),
            b -> b.threads(999),
            b -> b.overwrite(true),
            b -> b.resume(true),
            b -> b.metrics(metrics),
            b -> b.tuning(t -> t.method(BuildMethod.VAMANA)),
            b -> b.tuning(t -> t.buildListSize(75)),
            b -> b.tuning(t -> t.alpha(1.1f)),
            b -> b.tuning(t -> t.codes("pq:48")),
            b -> b.tuning(t -> t.seed(7))));
    BuildOptions changed =
        BuildOptions.builder().threads(3).tuning(t -> t.seed(7).codes("pq:9")).build();
    assertEquals(changed, changed.toBuilder().build());
    assertEquals(
        BuildOptions.builder().threads(3).tuning(t -> t.codes("pq:9")).build(),
        changed.toBuilder().tuning(t -> t.seed(42)).build());
  }

  @Test
  void openOptionsCheckTheirRangesAndEverySetterCounts() {
    OpenOptions.Builder options = OpenOptions.builder();
    assertRefused("memoryBudgetBytes=0", () -> options.memoryBudgetBytes(0));
    assertRefused("maxSearchers=0", () -> options.maxSearchers(0));
    assertRefused("maxSearchers=4097", () -> options.maxSearchers(4097));
    assertEquals(Optional.empty(), OpenOptions.defaults().tuning().residency());
    assertEquals(Optional.empty(), OpenOptions.defaults().tuning().readEngine());
    assertTrue(OpenOptions.defaults().tuning().directIo());
    InMemoryMetrics metrics = new InMemoryMetrics();
    assertEverySetterCounts(
        OpenOptions::builder,
        OpenOptions.Builder::build,
        List.of(
            b -> b.memoryBudgetBytes(5),
            b -> b.maxSearchers(999),
            b -> b.metrics(metrics),
            b -> b.tuning(t -> t.directIo(false)),
            b -> b.tuning(t -> t.residency(Residency.GRAPH)),
            b -> b.tuning(t -> t.readEngine(ReadEngine.MAPPED))));
    OpenOptions changed =
        OpenOptions.builder().maxSearchers(3).tuning(t -> t.directIo(false)).build();
    assertEquals(changed, changed.toBuilder().build());
  }

  @Test
  void optionsOfChecksAndRepairsCheckTheirRangesAndEverySetterCounts() {
    VerifyOptions.Builder verify = VerifyOptions.builder(VerifyOptions.Depth.QUICK);
    assertRefused("memoryBudgetBytes=0", () -> verify.memoryBudgetBytes(0));
    assertRefused("threads=0", () -> verify.threads(0));
    assertRefused("threads=1025", () -> verify.threads(1025));
    assertRefused("maxDamages=0", () -> verify.maxDamages(0));
    assertNotEquals(VerifyOptions.quick(), VerifyOptions.full());
    assertEverySetterCounts(
        () -> VerifyOptions.builder(VerifyOptions.Depth.FULL),
        VerifyOptions.Builder::build,
        List.of(b -> b.memoryBudgetBytes(5), b -> b.threads(999), b -> b.maxDamages(5)));
    VerifyOptions all = VerifyOptions.builder(VerifyOptions.Depth.ALL_CODES).threads(9).build();
    assertEquals(all, all.toBuilder().build());
    assertTrue(all.isFull() && all.allCodes());
    RepairOptions.Builder repair = RepairOptions.builder();
    assertRefused("memoryBudgetBytes=0", () -> repair.memoryBudgetBytes(0));
    assertRefused("threads=0", () -> repair.threads(0));
    assertEverySetterCounts(
        RepairOptions::builder,
        RepairOptions.Builder::build,
        List.of(b -> b.memoryBudgetBytes(5), b -> b.threads(999)));
    assertEquals(repair.threads(9).build(), repair.threads(9).build().toBuilder().build());
  }

  @Test
  void statisticsAreEqualIfAllFiguresAre() {
    assertEverySetterCounts(
        SearchStats::builder,
        SearchStats.Builder::build,
        List.of(
            b -> b.end(SearchEnd.TIMEOUT),
            b -> b.walk(1, 2),
            b -> b.pages(3, 4, 5, 6, 7),
            b -> b.distances(8, 9),
            b -> b.nanos(10, 11)));
  }

  @Test
  void whatAnIndexDoesNotSayOfItselfIsEmpty() {
    IndexInfo.Builder builder =
        IndexInfo.builder(
            Path.of("index"), "any", new VectorShape(5, 2, ElementType.INT8), Metric.COSINE);
    IndexInfo plain = builder.build();
    assertEquals(OptionalInt.empty(), plain.maxDegree());
    assertEquals(Optional.empty(), plain.residency());
    assertEquals(5, plain.idRange());
    assertEquals(0, plain.reservedBytes());
    IndexInfo odd = builder.settings(Map.of("maxDegree", "many", "residency", "some")).build();
    assertEquals(OptionalInt.empty(), odd.maxDegree());
    assertEquals(Optional.empty(), odd.residency());
    IndexInfo full =
        builder
            .settings(
                Map.of(
                    "maxDegree", "24", "residency", "groups", "pageReader", "pread", "seed", "7"))
            .memory(100, Map.of("codes", 30L, "searchers", 12L))
            .build();
    assertEquals(OptionalInt.of(24), full.maxDegree());
    assertEquals(Optional.of(Residency.GROUPS), full.residency());
    assertEquals(Optional.of(ReadEngine.PREAD), full.readEngine());
    assertEquals(OptionalLong.of(7), full.seed());
    assertEquals(42, full.reservedBytes());
    assertNotEquals(plain, full);
    assertEquals(full, builder.build());
  }
}
