package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.BruteForceKind;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `omen eval` makes of a ground truth:
///
/// - one that cannot be of the index is refused with the reason, and no figure is printed
/// - one whose numbers are written in another way is read in that way, which is said
final class EvalTruthTest {
  private static final int HEADER_BYTES = 8;

  @TempDir private static Path folder;

  private static Fixture fixture;

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  @Test
  void truthOfAnotherMetricIsRefused() throws IOException {
    for (String metric : new String[] {"cosine", "dot"}) {
      Path truth = folder.resolve(metric + ".ibin");
      run("groundtruth", fixture.base(), fixture.queries(), truth, "--k", 20, "--metric", metric);
      refused("the ground truth is not of this index", truth);
      refused("the ground truth is not of this index", withoutDistances(truth));
    }
  }

  @Test
  void truthOfAPartOrOfOtherVectorsIsRefused() throws IOException {
    Path part = folder.resolve("part.ibin");
    run("groundtruth", fixture.base(), fixture.queries(), part, "--k", 20, "--rows", "0:300");
    Path others = folder.resolve("others.u8bin");
    run("dataset", "synthetic", others, "--count", 600, "--dimension", 16, "--seed", 99);
    Path other = folder.resolve("other.ibin");
    run("groundtruth", others, fixture.queries(), other, "--k", 20);
    for (Path truth : List.of(part, other)) {
      refused("the ground truth is not of this index", truth);
      refused("queries contradict it", withoutDistances(truth));
    }
  }

  @Test
  void rowsBeyondTheIndexAreRefused() throws IOException {
    refused(
        "query=0, rank=9, row=2000000, rows of the index=600",
        rows("beyond", (rank, row) -> rank == 9 ? 2_000_000 : row));
    refused("query=0, rank=9, row=-7", rows("negative", (rank, row) -> rank == 9 ? -7 : row));
    refused("names a row twice: query=0, row=3", rows("twice", (rank, _) -> rank - rank / 4));
  }

  @Test
  void queriesOfAnotherDimensionOrNumberAreRefused() {
    Path narrow = folder.resolve("narrow.u8bin");
    run("dataset", "synthetic", narrow, "--count", Fixture.QUERY_COUNT, "--dimension", 12);
    Run run = eval(fixture.index(), narrow, fixture.truth());
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("dimension=16"), run::toString);
    run = eval(fixture.index(), fixture.base(), fixture.truth());
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("truthQueries=40, queries=600"), run::toString);
  }

  @Test
  void rowsCountedFromOneAreCountedFromZero() throws IOException {
    Path truth = rows("one-based", (_, row) -> row + 1);
    Run run = evaluated("the ground truth counts rows from 1", truth);
    assertTrue(run.out().contains("\"recallAt10\":1,"), run::toString);
    Files.copy(sibling(fixture.truth()), sibling(truth));
    run = evaluated("the ground truth counts rows from 1", truth);
    assertTrue(run.out().contains("\"recallAt10\":1,"), run::toString);
  }

  @Test
  void emptyPlacesAreNotAskedFor() throws IOException {
    Run run = evaluated("queries=40, k=10", rows("padded", (rank, row) -> rank < 5 ? row : -1));
    assertTrue(run.out().contains("\"recallAt10\":1,"), run::toString);
  }

  @Test
  void euclideanDistancesAreSquared() throws IOException {
    Path truth = rows("roots", (_, row) -> row);
    ByteBuffer distances = bytes(sibling(fixture.truth()));
    for (int at = HEADER_BYTES; at < distances.limit(); at += Float.BYTES) {
      distances.putFloat(at, (float) Math.sqrt(distances.getFloat(at)));
    }
    write(sibling(truth), distances);
    Run run = evaluated("Euclidean distances; they were squared", truth);
    assertTrue(run.out().contains("\"recallAt10\":1,"), run::toString);
  }

  @Test
  void distancesOfNoKnownKindAreRefused() throws IOException {
    Path truth = rows("stale", (_, row) -> row);
    ByteBuffer distances = bytes(sibling(fixture.truth()));
    distances.putFloat(HEADER_BYTES + 4 * 3, distances.getFloat(HEADER_BYTES + 4 * 3) / 2 + 1);
    write(sibling(truth), distances);
    refused("1 of 40 queries contradict it", truth);
  }

  @Test
  void rowsAndDistancesMayBeInOneFile() throws IOException {
    ByteBuffer rows = bytes(fixture.truth());
    ByteBuffer distances = bytes(sibling(fixture.truth()));
    ByteBuffer both = ByteBuffer.allocate(rows.limit() + distances.limit() - HEADER_BYTES);
    both.put(rows).put(distances.position(HEADER_BYTES));
    Path truth = Files.write(folder.resolve("GT"), both.array());
    assertEquals("", evaluated("", truth).err());
  }

  @Test
  void truthThatNoSearchMeetsIsSaid() throws IOException {
    Path all = folder.resolve("all.ibin");
    run("groundtruth", fixture.base(), fixture.queries(), all, "--k", Fixture.COUNT);
    ByteBuffer from = bytes(all);
    ByteBuffer farthest = bytes(fixture.truth());
    for (int query = 0; query < Fixture.QUERY_COUNT; query++) {
      for (int rank = 0; rank < Fixture.TRUTH_K; rank++) {
        int last = (query + 1) * Fixture.COUNT - 1;
        farthest.putInt(
            HEADER_BYTES + 4 * (query * Fixture.TRUTH_K + rank),
            from.getInt(HEADER_BYTES + 4 * (last - rank)));
      }
    }
    Path truth = write(folder.resolve("farthest.ibin"), farthest);
    Run run = evaluated("found none of the true rows", truth);
    assertTrue(run.out().contains("\"recallAt10\":0,"), run::toString);
  }

  /// `angular.hdf5` was written as ann-benchmarks writes its files.
  @Test
  void metricAndQueriesAreThoseOfTheFile() throws IOException {
    Path file =
        Files.copy(
            Path.of("src", "test", "resources", "angular.hdf5"), folder.resolve("angular.h5"));
    Path index = folder.resolve("angular");
    Run built = run("build", file, index, "--kind", "Brute-Force");
    assertTrue(built.out().contains("distance cosine (the file says angular)"), built::toString);
    assertEquals("", built.err().replaceAll("(?m)^(?!omen:).*\\R", ""));
    Run measured = eval(index, file, file);
    assertTrue(measured.out().contains("\"recallAt10\":1,"), measured::toString);
    assertEquals("", measured.err());
    Run found = run("search", index, "--queries", file, "--rows", "0:8", "--json");
    assertEquals(8, found.out().lines().count(), "the queries of the file");
    Run train = run("search", index, "--queries", file + "#train", "--row", 17, "--k", 1, "--json");
    assertTrue(train.out().contains("\"ids\":[17]"), train::toString);
    Run truth = run("groundtruth", file, file, folder.resolve("angular.ibin"), "--k", 12);
    assertTrue(truth.out().contains("of 8 queries, distance cosine"), truth::toString);
    assertEquals(0, eval(index, file, folder.resolve("angular.ibin")).exitCode());
  }

  @Test
  void metricAgainstTheFileIsSaidAndItsTruthRefused() {
    Path file = Path.of("src", "test", "resources", "angular.hdf5");
    Path index = folder.resolve("euclidean");
    for (Object[] command :
        new Object[][] {
          {"build", file, index, "--kind", BruteForceKind.NAME, "--metric", "Euclidean", "-q"},
          {"groundtruth", file, file, folder.resolve("l2.ibin"), "--metric", "l2", "-q", "--k", 5},
          {"plan", file, "--metric", "l2", "-q"}
        }) {
      Run run = run(command);
      assertTrue(run.err().contains("distance=angular, metric=l2"), run::toString);
    }
    Run refused = eval(index, file, file);
    assertEquals(1, refused.exitCode());
    assertTrue(
        refused.err().contains("distance=angular, metric of the index=l2"), refused::toString);
    assertEquals("", refused.out());
  }

  @Test
  void metricOfFilesWithoutOneIsTheDefaultAndSaid() {
    Run built = run("build", fixture.base(), folder.resolve("l2"), "--kind", BruteForceKind.NAME);
    assertTrue(built.out().contains("distance l2 (the default)"), built::toString);
  }

  @Test
  void distanceThatNoMetricHasMustBeReplaced() throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("src", "test", "resources", "angular.hdf5"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Path file = folder.resolve("jaccard.hdf5");
    Files.writeString(file, text.replace("angular", "jaccard"), StandardCharsets.ISO_8859_1);
    Run refused = Run.omen("build", file, folder.resolve("jaccard"), "--kind", BruteForceKind.NAME);
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("distance=jaccard"), refused::toString);
    run(
        "build",
        file,
        folder.resolve("jaccard"),
        "--kind",
        BruteForceKind.NAME,
        "--metric",
        "cosine");
    assertEquals(1, eval(folder.resolve("jaccard"), file, file).exitCode());
  }

  private static Run evaluated(String note, Path truth) {
    Run run = eval(truth);
    assertEquals(0, run.exitCode(), run::toString);
    assertTrue(run.err().contains(note), run::toString);
    return run;
  }

  private static void refused(String reason, Path truth) {
    Run run = eval(truth);
    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.err().startsWith("omen: ") && run.err().contains(reason), run::toString);
    assertEquals("", run.out());
  }

  private static Run eval(Path truth) {
    return eval(fixture.index(), fixture.queries(), truth);
  }

  private static Run eval(Path index, Path queries, Path truth) {
    List<Object> arguments = new ArrayList<>();
    Collections.addAll(arguments, "eval", index, "--queries", queries, "--truth", truth);
    Collections.addAll(arguments, "--search-list-size", 1000, "--warm", 0, "--json");
    return Run.omen(arguments.toArray());
  }

  private static Run run(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }

  /// The distances beside a truth.
  private static Path sibling(Path truth) {
    return truth.resolveSibling(truth.getFileName().toString().replace(".ibin", ".distances.fbin"));
  }

  private static ByteBuffer bytes(Path path) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Path write(Path path, ByteBuffer content) throws IOException {
    byte[] bytes = new byte[content.limit()];
    content.get(0, bytes);
    return Files.write(path, bytes);
  }

  private static Path withoutDistances(Path truth) throws IOException {
    return Files.copy(truth, truth.resolveSibling("alone-" + truth.getFileName()));
  }

  /// The truth with other rows, without distances.
  private static Path rows(String name, IntBinaryOperator change) throws IOException {
    ByteBuffer rows = bytes(fixture.truth());
    for (int at = HEADER_BYTES; at < rows.limit(); at += Integer.BYTES) {
      int rank = (at - HEADER_BYTES) / Integer.BYTES % Fixture.TRUTH_K;
      rows.putInt(at, change.applyAsInt(rank, rows.getInt(at)));
    }
    return write(folder.resolve(name + ".ibin"), rows);
  }
}
