package com.omendb.tools.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random corruptions of bytes and of pages, over all files of an index. Invariants:
///
/// - a full check detects every one and names the file
/// - opening and searching refuse it with a typed exception, or answer as if nothing was
/// - no distance is ever wrong
///
/// `-Domen.corruptions=N` makes N of them and leaves a table in `target/corruptions.txt`;
/// `tools/acceptance/corruptions.sh` does.
final class CorruptionTest {
  private static final int COUNT = 3_000;
  private static final int DIMENSION = 24;
  private static final int QUERIES = 5;
  private static final int K = 10;
  private static final int TRIALS = Integer.getInteger("omen.corruptions", 200);

  @TempDir private Path folder;

  @Test
  void everyCorruptionIsDetectedAndNoneChangesAnAnswer() throws IOException {
    SplittableRandom random = Seeds.random("everyCorruptionIsDetected", 90);
    try (Arena arena = Arena.ofShared()) {
      Setting setting = Setting.build(folder.resolve("index"), arena);
      Tally tally = new Tally();
      for (int trial = 0; trial < TRIALS; trial++) {
        Path file = setting.files().get(random.nextInt(setting.files().size()));
        String name = file.getFileName().toString();
        byte[] whole = Files.readAllBytes(file);
        Corruption corruption = Corruption.random(whole, trial % 2 == 1, random);
        Residency residency = setting.residency(random);
        write(file, corruption.offset(), corruption.bytes());
        Tally.Outcome outcome = setting.outcome(name, residency);
        int length = corruption.bytes().length;
        byte[] before =
            Arrays.copyOfRange(whole, corruption.offset(), corruption.offset() + length);
        write(file, corruption.offset(), before);
        Region region = Region.of(name, whole, corruption.offset());
        tally.add(name, region, corruption.isPage(), outcome);
        String what = name + ", offset=" + corruption.offset() + ", trial=" + trial;
        assertTrue(outcome.detected(), () -> "not detected: " + what);
        assertEquals(0, outcome.wrongDistances(), () -> "wrong distances: " + what);
        assertTrue(!outcome.otherAnswers(), () -> "other answers: " + what);
      }
      report(tally);
      assertEquals(TRIALS, tally.total().named, "the damaged file is named");
      assertTrue(setting.verify().isWhole(), "all was put back");
    }
  }

  private static void write(Path file, long offset, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(offset);
      open.write(bytes);
    }
  }

  private static void report(Tally tally) throws IOException {
    Path target = Path.of("target");
    Files.createDirectories(target);
    Files.write(target.resolve("corruptions.txt"), tally.lines());
  }

  /// An index, what it answers, and what is true.
  private record Setting(
      Path index,
      List<Path> files,
      VectorSource base,
      VectorSource queries,
      Map<Residency, List<SearchResult>> answers) {
    private static final List<Residency> RESIDENCIES =
        List.of(Residency.PAGES, Residency.GROUPS, Residency.GRAPH, Residency.ALL);

    static Setting build(Path index, Arena arena) throws IOException {
      SyntheticOptions synthetic =
          new SyntheticOptions(COUNT, DIMENSION, ElementType.UINT8, 16, 8, 91);
      VectorSource base = SyntheticVectors.generate(synthetic, arena);
      VectorSource queries = SyntheticVectors.generateQueries(synthetic, QUERIES, arena);
      BuildOptions options =
          BuildOptions.builder()
              .kind("hybrid")
              .metric(Metric.SQUARED_L2)
              .maxDegree(16)
              .threads(1)
              .tuning(t -> t.buildListSize(32))
              .build();
      AnnIndex.build(base, index, options, Progress.NONE);
      List<Path> files;
      try (Stream<Path> all = Files.walk(index)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
      Setting setting = new Setting(index, files, base, queries, new EnumMap<>(Residency.class));
      for (Residency residency : RESIDENCIES) {
        setting.answers().put(residency, setting.search(residency));
      }
      assertTrue(setting.verify().isWhole());
      return setting;
    }

    Residency residency(SplittableRandom random) {
      return RESIDENCIES.get(random.nextInt(RESIDENCIES.size()));
    }

    VerifyReport verify() throws IOException {
      VerifyOptions options =
          VerifyOptions.full().toBuilder().threads(1).memoryBudgetBytes(32L << 20).build();
      return AnnIndex.verify(index, options, Progress.NONE);
    }

    Tally.Outcome outcome(String name, Residency residency) throws IOException {
      VerifyReport report = verify();
      boolean named = report.damages().stream().anyMatch(damage -> damage.file().equals(name));
      boolean refusedByOpen = false;
      boolean refusedBySearch = false;
      int wrong = 0;
      boolean other = false;
      try (AnnIndex open = AnnIndex.open(index, options(residency))) {
        for (int query = 0; query < QUERIES; query++) {
          try {
            SearchResult result = open.search(request(query));
            wrong += wrongDistances(query, result);
            other |= !isSame(expected(residency).get(query), result);
          } catch (IOException e) {
            requireTyped(e);
            refusedBySearch = true;
          }
        }
      } catch (IOException e) {
        requireTyped(e);
        refusedByOpen = true;
      }
      return new Tally.Outcome(
          !report.isWhole(), named, refusedByOpen, refusedBySearch, wrong, other);
    }

    private List<SearchResult> expected(Residency residency) {
      return answers.getOrDefault(residency, List.of());
    }

    private List<SearchResult> search(Residency residency) throws IOException {
      List<SearchResult> results = new ArrayList<>();
      try (AnnIndex open = AnnIndex.open(index, options(residency))) {
        for (int query = 0; query < QUERIES; query++) {
          results.add(open.search(request(query)));
          assertEquals(0, wrongDistances(query, results.get(query)));
        }
      }
      return results;
    }

    private static OpenOptions options(Residency residency) {
      return OpenOptions.builder()
          .memoryBudgetBytes(32L << 20)
          .maxSearchers(1)
          .tuning(t -> t.residency(residency))
          .build();
    }

    private SearchRequest request(int query) {
      return SearchRequest.builder(queries, query, K).searchListSize(20).build();
    }

    // By the scalar kernel, from the vectors that the index was built from.
    private int wrongDistances(int query, SearchResult result) {
      DistanceKernel kernel =
          DistanceKernels.scalar(Metric.SQUARED_L2, ElementType.UINT8, DIMENSION);
      int wrong = 0;
      for (int rank = 0; rank < result.count(); rank++) {
        float distance = kernel.distance(queries.address(query), base.address(result.id(rank)));
        wrong += distance == result.distance(rank) ? 0 : 1;
      }
      return wrong;
    }

    private static boolean isSame(SearchResult expected, SearchResult actual) {
      return Arrays.equals(expected.ids(), actual.ids())
          && Arrays.equals(expected.distances(), actual.distances());
    }

    private static void requireTyped(IOException e) {
      assertTrue(
          e instanceof CorruptFileException || e instanceof UnsupportedFormatException,
          () -> "not typed: " + e);
    }
  }
}
