package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.memory.MemoryBudget;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pq.CodeSpec;
import com.omendb.store.OpenOptions;
import com.omendb.store.OpenTuning;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.serving.PagedRunner;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a refusal names the smallest budget that works; whatever is planned fits the budget
/// and can be reserved; more budget never gives less residency, and within one never smaller codes,
/// fewer lanes or, with these the same, fewer frames.
class ServingPlanTest {
  private static final int COUNT = 3_000;

  @TempDir static Path directory;
  private static @Nullable Manifest read;
  private static @Nullable PageFile opened;

  @BeforeAll
  static void build() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      TestIndexes.build(
          TestIndexes.clustered(COUNT, 96, ElementType.FLOAT32, 213, arena),
          directory,
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2));
    }
    Manifest manifest = Manifest.read(directory);
    read = manifest;
    opened =
        PageFile.open(
            Publication.filesOf(directory, manifest.indexId()).resolve(BasePageFormat.FILE),
            BasePageFormat.MAGIC,
            BasePageFormat.VERSION,
            BasePageFormat.VERSION,
            true);
  }

  @AfterAll
  static void close() {
    pages().close();
  }

  private static PageFile pages() {
    if (opened == null) {
      throw new IllegalStateException("the index is not built");
    }
    return opened;
  }

  private static Manifest manifest() {
    if (read == null) {
      throw new IllegalStateException("the index is not built");
    }
    return read;
  }

  private static int codeBytes(ServingPlan plan) {
    return plan.code().map(CodeSpec::bytes).orElse(0);
  }

  // A plan of a residency; null lets the budget decide.
  private static ServingPlan plan(@Nullable Residency residency, int searchers, long budget)
      throws IOException {
    OpenTuning.Builder tuning = OpenTuning.builder();
    if (residency != null) {
      tuning.residency(residency);
    }
    return ServingPlan.of(
        Fixtures.PARTS.ofManifest(manifest(), directory),
        manifest(),
        pages().pageBytes(),
        pages().pageCount(),
        OpenOptions.builder()
            .memoryBudgetBytes(budget)
            .maxSearchers(searchers)
            .tuning(tuning.build())
            .build());
  }

  private static long smallest(@Nullable Residency residency, int searchers) {
    return assertThrows(MemoryBudgetException.class, () -> plan(residency, searchers, 1))
        .smallestBudgetBytes();
  }

  // What a plan takes in all; reserving it fails if it is more than the budget.
  private static long reserved(ServingPlan plan, long budget) {
    MemoryBudget memory = new MemoryBudget(budget);
    plan.reserve(memory);
    return memory.reservedByPurpose().values().stream().mapToLong(Long::longValue).sum();
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void theSmallestBudgetNamedIsEnoughAndOneByteLessIsNot(Residency residency) throws Exception {
    for (int searchers : new int[] {1, 2, 16, 200}) {
      long smallest = smallest(residency, searchers);
      ServingPlan plan = plan(residency, searchers, smallest);
      assertEquals(residency, plan.residency());
      assertEquals(1, plan.laneCount());
      assertTrue(reserved(plan, smallest) > smallest - pages().pageBytes());
      for (long less : new long[] {1, 2, 5_000, smallest - 1}) {
        MemoryBudgetException refusal =
            assertThrows(
                MemoryBudgetException.class, () -> plan(residency, searchers, smallest - less));
        assertEquals(smallest, refusal.smallestBudgetBytes(), "less=" + less);
      }
    }
  }

  @Test
  void theAutomaticChoiceNeedsAsLittleAsTheLeastResidency() {
    for (int searchers : new int[] {1, 3, 64}) {
      long least = Long.MAX_VALUE;
      for (Residency residency : Residency.values()) {
        least = Math.min(least, smallest(residency, searchers));
      }
      assertEquals(least, smallest(null, searchers));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30})
  void moreBudgetNeverGivesLess(int searchers) throws Exception {
    SplittableRandom random = Seeds.random("moreBudgetNeverGivesLess", 214);
    TreeSet<Long> budgets = new TreeSet<>();
    long least = smallest(null, searchers);
    for (Residency residency : Residency.values()) {
      long smallest = smallest(residency, searchers);
      budgets.addAll(List.of(smallest, smallest + 1, Math.max(least, smallest - 1)));
    }
    long most = budgets.last() + (8L << 20);
    random.longs(300, least, most).forEach(budgets::add);
    budgets.add(Long.MAX_VALUE);
    ServingPlan last = plan(null, searchers, least);
    TreeSet<Residency> met = new TreeSet<>();
    for (long budget : budgets) {
      ServingPlan plan = plan(null, searchers, budget);
      assertTrue(reserved(plan, budget) <= budget);
      int gained = plan.residency().compareTo(last.residency());
      assertTrue(gained >= 0, "budget=" + budget + ", residency=" + plan.residency());
      if (gained == 0) {
        assertTrue(codeBytes(plan) >= codeBytes(last), "budget=" + budget);
        if (codeBytes(plan) == codeBytes(last)) {
          assertTrue(plan.laneCount() >= last.laneCount(), "budget=" + budget);
          assertTrue(
              plan.laneCount() > last.laneCount() || plan.frameBytes() >= last.frameBytes(),
              "budget=" + budget);
        }
      }
      met.add(plan.residency());
      last = plan;
    }
    assertEquals(Residency.ALL, last.residency());
    assertTrue(met.size() > 1, "met=" + met);
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void aPlanOfPagesHasWholeFramesForAllThatMayBePinned(Residency residency) throws Exception {
    for (int searchers : new int[] {1, 5}) {
      long smallest = smallest(residency, searchers);
      for (long more : new long[] {0, 1, 4_095, 40_000, 1 << 20, 1L << 40}) {
        ServingPlan plan = plan(residency, searchers, smallest + more);
        int pageBytes = pages().pageBytes();
        assertEquals(residency, plan.residency());
        assertEquals(0, plan.frameBytes() % pageBytes);
        assertTrue(plan.frameBytes() >= PageCache.smallestBytes(pageBytes, plan.maxPinned()));
        assertTrue(plan.frameBytes() <= (pages().pageCount() + plan.maxPinned()) * pageBytes);
        assertEquals(searchers * PagedRunner.ticketCount(plan.laneCount()), plan.maxPinned());
        assertTrue(
            Fixtures.PARTS
                .ofManifest(manifest(), directory)
                .codeSpecs()
                .containsAll(plan.code().stream().toList()),
            "code=" + plan.code());
        assertTrue(reserved(plan, smallest + more) <= smallest + more);
      }
    }
  }
}
