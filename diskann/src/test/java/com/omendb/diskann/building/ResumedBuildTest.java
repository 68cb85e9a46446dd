package com.omendb.diskann.building;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.parts.NotePart;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.Origin;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Builds that are cut short and continued. Invariants: on one thread the index is, but for its id,
/// byte for byte the one of a build that was not cut short; what was finished is not done again
/// unless it is damaged; what is continued is of the same vectors and options; an index that is
/// there is left as it was until the new one is published, and nothing but the index is left then.
@Timeout(120)
class ResumedBuildTest {
  private static final int COUNT = 520;
  private static final int DIMENSION = 8;
  private static final int HEADER_BYTES = 4096;
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild("diskann", Metric.INNER_PRODUCT).toBuilder()
          .maxDegree(8)
          .tuning(t -> t.buildListSize(16))
          .build();

  // More data than the budget holds.
  private static final BuildPlan IN_FILES =
      new BuildPlan(1L << 40, 0, 1L << 41, 0, 0, 0, 0, 1L << 20, 1 << 16);

  private static final PartList PARTS =
      new NotePart(Origin.MADE)
          .kind()
          .parts()
          .toBuild(new VectorShape(COUNT, DIMENSION, ElementType.UINT8), BuildOptions.defaults());

  @TempDir Path temporary;

  private final Arena arena = Arena.ofShared();
  private VectorSource vectors;
  private Path directory;

  @BeforeEach
  void generate() {
    long seed = Seeds.seed("ResumedBuildTest", 71);
    vectors = TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, seed, arena);
    directory = temporary.resolve("index");
  }

  @AfterEach
  void free() {
    arena.close();
  }

  /// Keeps what it is told, and fails when a phase begins.
  private static final class Recorder implements Progress {
    private final String failing;
    private final List<String> phases = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Recorder(String failing) {
      this.failing = failing;
    }

    @Override
    public void phase(String name, long totalUnits) {
      if (name.equals(failing)) {
        throw new UncheckedIOException(new IOException("failing in " + failing));
      }
      phases.add(name);
    }

    @Override
    public void advance(long units) {}

    @Override
    public synchronized void note(String message) {
      notes.add(message);
    }

    void assertNoted(String part) {
      assertTrue(notes.stream().anyMatch(note -> note.contains(part)), notes.toString());
    }
  }

  private static IndexBuild.Target to(Path directory) {
    return new IndexBuild.Target(Storage.disk(), directory, 0);
  }

  private Recorder build(Path target, BuildOptions options) throws IOException {
    Recorder recorder = new Recorder("");
    IndexBuild.run(vectors, VectorIds.rows(), to(target), options, PARTS, recorder);
    return recorder;
  }

  private Recorder resume() throws IOException {
    return build(directory, OPTIONS.toBuilder().resume(true).build());
  }

  private Recorder failIn(String phase, BuildOptions options) {
    Recorder recorder = new Recorder(phase);
    assertThrows(
        UncheckedIOException.class,
        () -> IndexBuild.run(vectors, VectorIds.rows(), to(directory), options, PARTS, recorder));
    return recorder;
  }

  private List<String> phases(BuildOptions options) throws IOException {
    return build(temporary.resolve("phases"), options.toBuilder().overwrite(true).build()).phases;
  }

  /// All files by name, without the headers that hold the id, and the settings.
  private static SortedMap<String, byte[]> content(Path index) throws IOException {
    Manifest manifest = Manifest.read(index);
    TreeMap<String, byte[]> content = new TreeMap<>();
    content.put("settings", manifest.settings().toString().getBytes(StandardCharsets.UTF_8));
    TestFiles.snapshot(index)
        .forEach(
            (name, bytes) -> {
              if (!name.equals(Manifest.FILE)) {
                String file = Path.of(name).getFileName().toString();
                int from = HEADER_BYTES;
                content.put(file, Arrays.copyOfRange(bytes, from, bytes.length));
              }
            });
    assertEquals(manifest.files().keySet().size() + 1, content.size());
    return content;
  }

  private static void assertSame(SortedMap<String, byte[]> expected, Path index, String when)
      throws IOException {
    SortedMap<String, byte[]> actual = content(index);
    assertEquals(expected.keySet(), actual.keySet(), when);
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, actual.get(name), when + name));
  }

  @Test
  void aBuildThatFailsInAnyPhaseIsContinuedToTheSameIndex() throws IOException {
    for (BuildMethod method : BuildMethod.values()) {
      BuildOptions options = OPTIONS.toBuilder().tuning(t -> t.method(method)).build();
      Path whole = temporary.resolve("whole " + method);
      Recorder uninterrupted = build(whole, options);
      SortedMap<String, byte[]> expected = content(whole);
      List<String> failing =
          method == BuildMethod.LEAF
              ? uninterrupted.phases
              : List.of("graph, cap degrees", "keep graph", "order nodes");
      for (String phase : failing) {
        directory = temporary.resolve(method + " " + phase);
        Recorder first = failIn(phase, options);
        boolean staged = Files.exists(directory);
        Recorder second = build(directory, options.toBuilder().resume(true).build());
        assertSame(expected, directory, phase);
        second.assertNoted(staged ? "resuming, finished already" : "no build to resume");
        if (staged) {
          first.assertNoted("--resume");
          assertFalse(second.phases.contains("order vectors"), phase);
        }
        if (first.phases.contains("order nodes")) {
          assertTrue(second.phases.stream().noneMatch(name -> name.startsWith("graph, ")), phase);
        }
      }
    }
  }

  @Test
  void aBuildInScratchFilesIsContinuedToo() throws IOException {
    SortedMap<String, byte[]> expected = contentOfWhole();
    for (String phase : List.of("keep graph", "order nodes", "write pages", "publish")) {
      directory = temporary.resolve(phase);
      assertThrows(
          UncheckedIOException.class,
          () ->
              IndexBuild.run(
                  vectors,
                  VectorIds.rows(),
                  to(directory),
                  OPTIONS,
                  PARTS,
                  new Recorder(phase),
                  IN_FILES));
      IndexBuild.run(
          vectors,
          VectorIds.rows(),
          to(directory),
          OPTIONS.toBuilder().resume(true).build(),
          PARTS,
          new Recorder(""),
          IN_FILES);
      assertSame(expected, directory, phase);
    }
  }

  private SortedMap<String, byte[]> contentOfWhole() throws IOException {
    Path whole = temporary.resolve("whole");
    build(whole, OPTIONS);
    return content(whole);
  }

  @Test
  void aBuildThatFailsAgainAndAgainComesToItsEnd() throws IOException {
    SortedMap<String, byte[]> expected = contentOfWhole();
    List<String> phases = phases(OPTIONS);
    for (String phase : phases.subList(1, phases.size())) {
      if (phase.startsWith("graph, ") || phase.equals("order vectors")) {
        continue;
      }
      failIn(phase, OPTIONS.toBuilder().resume(true).build());
      assertFalse(Files.exists(directory.resolve(Manifest.FILE)));
    }
    Recorder last = resume();
    assertEquals(List.of("check vectors", "publish"), last.phases);
    assertSame(expected, directory, "");
  }

  @Test
  void whatIsDamagedIsDoneAgain() throws IOException {
    SortedMap<String, byte[]> expected = contentOfWhole();
    SplittableRandom random = new SplittableRandom(Seeds.seed("whatIsDamagedIsDoneAgain", 3));
    for (String phase : List.of("order nodes", "thin graph", "publish")) {
      Path staged = temporary.resolve("staged " + phase);
      directory = staged;
      failIn(phase, OPTIONS);
      for (String name : TestFiles.snapshot(staged).keySet()) {
        directory = temporary.resolve("damaged " + phase + name.replace('/', ' '));
        Path file = TestFiles.copy(staged, directory).resolve(name);
        String damage = damage(file, random);
        if (name.endsWith("build.mark")) {
          // Without it nothing says that a build made the rest.
          SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
          assertThrows(FileAlreadyExistsException.class, this::resume);
          assertEquals(before.keySet(), TestFiles.snapshot(directory).keySet());
          continue;
        }
        Recorder resumed = resume();
        assertSame(expected, directory, damage + " before " + phase + ": " + name + ": ");
        resumed.assertNoted(
            name.endsWith("build.state") ? "no build to resume" : "since it is damaged");
      }
    }
  }

  private static String damage(Path file, SplittableRandom random) throws IOException {
    long length = Files.size(file);
    return switch (random.nextInt(4)) {
      case 0 -> {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), random.nextInt((int) length)));
        yield "cut";
      }
      case 1 -> {
        Files.delete(file);
        yield "deleted";
      }
      default -> {
        TestFiles.flip(file, random.nextLong(length), 1 << random.nextInt(8));
        yield "flipped";
      }
    };
  }

  @Test
  void otherOptionsBeginAnewAndSayWhichTheyAre() throws IOException {
    failIn("write pages", OPTIONS);
    BuildOptions other =
        OPTIONS.toBuilder().maxDegree(10).tuning(t -> t.buildListSize(16).seed(5)).build();
    Recorder interrupted = failIn("write pages", other.toBuilder().resume(true).build());
    interrupted.assertNoted("maxDegree=10, was 8; seed=5, was 42");
    // Both are kept: which of them was meant shows only when one is published.
    assertEquals(2, stagings().size());
    Recorder resumed = resume();
    resumed.assertNoted("resuming, finished already: input, order, graph, self-check, layout");
    assertEquals(1, stagings().size());
    assertEquals("8", Manifest.read(directory).settings().get("maxDegree"));
  }

  private List<Path> stagings() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  @Test
  void memoryAndThreadsMayBeOthers() throws IOException {
    failIn("write pages", OPTIONS);
    BuildOptions roomier = OPTIONS.toBuilder().threads(2).memoryBudgetBytes(8L << 30).build();
    build(directory, roomier.toBuilder().resume(true).build())
        .assertNoted("resuming, finished already");
  }

  @Test
  void otherVectorsBeginAnew() throws IOException {
    failIn("write pages", OPTIONS);
    // A row that is not among those by which builds are told apart at first.
    long offset = vectors.offset(261) + 3;
    byte before = vectors.segment().get(NativeMemory.BYTE, offset);
    vectors.segment().set(NativeMemory.BYTE, offset, (byte) (before + 1));
    SortedMap<String, byte[]> expected = contentOfWhole();
    Recorder resumed = resume();
    resumed.assertNoted("the vectors differ from those of the interrupted build");
    assertSame(expected, directory, "");

    Path other = temporary.resolve("other");
    directory = other;
    failIn("write pages", OPTIONS);
    vectors.segment().set(NativeMemory.BYTE, vectors.offset(0), (byte) (before + 1));
    resume().assertNoted("has other vectors or options: vectors=");
  }

  @Test
  void aNewBuildRemovesWhatWasNotContinued() throws IOException {
    failIn("write pages", OPTIONS);
    assertEquals(1, stagings().size());
    Path old = stagings().getFirst();
    build(directory, OPTIONS);
    assertFalse(Files.exists(old));
    assertEquals(1, stagings().size());
    assertFalse(
        Files.exists(TestFiles.file(directory, "base.pages").resolveSibling("build.state")));
  }

  @Test
  void anIndexThatIsThereStaysAsItWasUntilTheContinuedOneIsPublished() throws IOException {
    build(directory, OPTIONS.toBuilder().tuning(t -> t.seed(1)).build());
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    BuildOptions over = OPTIONS.toBuilder().overwrite(true).build();
    failIn("thin graph", over);
    failIn("publish", over.toBuilder().resume(true).build());
    SortedMap<String, byte[]> after = TestFiles.snapshot(directory);
    before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
    assertThrows(IOException.class, this::resume, "overwrite is off");
    build(directory, over.toBuilder().resume(true).build());
    assertEquals("42", Manifest.read(directory).settings().get("seed"));
    assertEquals(before.keySet().size(), TestFiles.snapshot(directory).size());
  }

  @Test
  void whatCannotBeBuiltIsNotKept() throws IOException {
    Progress refusing =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            if (name.equals("write pages")) {
              throw new IllegalArgumentException("a record does not fit: recordBytes=1");
            }
          }

          @Override
          public void advance(long units) {}
        };
    assertThrows(
        IllegalArgumentException.class,
        () -> IndexBuild.run(vectors, VectorIds.rows(), to(directory), OPTIONS, PARTS, refusing));
    assertFalse(Files.exists(directory));
  }

  @Test
  void leftOversOfAKilledBuildAreRemoved() throws IOException {
    SortedMap<String, byte[]> expected = contentOfWhole();
    failIn("thin graph", OPTIONS);
    Path staging = stagings().getFirst();
    Files.writeString(staging.resolve("thin.graph"), "half");
    Files.writeString(staging.resolve("graph-candidates"), "spilled");
    Files.writeString(staging.resolve("build.state.tmp"), "half");
    Files.writeString(staging.resolve("codes-3.pq"), "half");
    resume();
    assertSame(expected, directory, "");
  }

  @Test
  void aKindsOwnBuildIsContinued() throws IOException {
    Recorder failing = new Recorder("page graph");
    assertThrows(
        UncheckedIOException.class, () -> AnnIndex.build(vectors, directory, OPTIONS, failing));
    Recorder resumed = new Recorder("");
    AnnIndex.build(vectors, directory, OPTIONS.toBuilder().resume(true).build(), resumed);
    resumed.assertNoted(
        "resuming, finished already: input, order, graph, self-check, layout, pages, thin");
    AnnIndex.open(directory, TestIndexes.quickOpen()).close();
  }
}
