package com.omendb.diskann.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.vectors.AnnIndex;
import com.omendb.vectors.BuildOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots and what is made of them. Invariants: a restored index is the index, byte for byte; an
/// operation that fails or is interrupted leaves the file system as it found it; a snapshot is of
/// one index, whatever happens to that index meanwhile.
class SnapshotsTest {
  private static final BuildOptions OPTIONS =
      Fixtures.quickBuild("diskann", Metric.SQUARED_L2).withGraph(12, 20, 1.2f).withOverwrite(true);

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource other = base;

  @TempDir static Path sound;
  @TempDir Path temporary;

  private Path index = Path.of("");
  private Path archive = Path.of("");

  @BeforeAll
  static void build() throws IOException {
    base = Fixtures.clustered(400, 32, ElementType.UINT8, 70, ARENA);
    other = Fixtures.clustered(200, 16, ElementType.FLOAT32, 71, ARENA);
    Fixtures.build(base, sound.resolve("index"), OPTIONS);
    Fixtures.build(other, sound.resolve("other"), OPTIONS);
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @BeforeEach
  void copy() throws IOException {
    index = Fixtures.copy(sound.resolve("index"), temporary.resolve("index"));
    archive = temporary.resolve("a.omensnap");
  }

  @Test
  void whatIsRestoredIsTheIndex() throws Exception {
    SnapshotReport written = snapshot(archive);
    assertEquals(Files.size(archive), written.writtenBytes());
    assertEquals(written.fileCount(), written.heldCount());
    assertEquals(Manifest.read(index).indexId(), written.indexId());
    Path restored = temporary.resolve("deep").resolve("restored");
    SnapshotReport report = restore(archive, restored);
    assertEquals(written.snapshotId(), report.snapshotId());
    assertEquals(written.indexBytes(), report.indexBytes());
    assertSame(Fixtures.snapshot(index), Fixtures.snapshot(restored));
    try (AnnIndex open = AnnIndex.open(restored, Fixtures.quickOpen())) {
      assertEquals(7, open.search(SearchRequest.of(base, 7, 1)).id(0));
    }
  }

  @Test
  void anArchiveIsLz4FramesForAnyReaderOfThem() throws Exception {
    snapshot(archive);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String name : Manifest.read(index).files().keySet()) {
      all.writeBytes(Files.readAllBytes(Fixtures.file(index, name)));
    }
    byte[] decoded;
    try (LZ4FrameInputStream frames =
        new LZ4FrameInputStream(new ByteArrayInputStream(Files.readAllBytes(archive)))) {
      decoded = frames.readAllBytes();
    }
    assertArrayEquals(all.toByteArray(), decoded);
  }

  @Test
  void blocksOfEveryLengthComeBack() throws Exception {
    SplittableRandom random = Seeds.random("blocksOfEveryLengthComeBack", 72);
    int block = FrameFormat.BLOCK_BYTES;
    int[] lengths = {0, 1, 2, 17, block - 1, block, block + 1, 2 * block, 2 * block + 777};
    for (int length : lengths) {
      for (boolean compressible : new boolean[] {false, true}) {
        byte[] bytes = new byte[length];
        if (!compressible) {
          random.nextBytes(bytes);
        }
        Path folder = temporary.resolve(length + "-" + compressible);
        TinyIndex tiny = TinyIndex.write(folder.resolve("index"), bytes, new byte[5]);
        Path file = folder.resolve("archive");
        Snapshots.write(tiny.directory(), file, List.of(), false, Progress.NONE);
        Snapshots.restore(file, List.of(), folder.resolve("back"), false, Progress.NONE);
        assertSame(Fixtures.snapshot(tiny.directory()), Fixtures.snapshot(folder.resolve("back")));
        if (compressible && length >= block) {
          assertTrue(Files.size(file) < length / 50, "Files.size=" + Files.size(file));
        }
      }
    }
  }

  @Test
  void anUnchangedFileIsLeftOutAndFoundInTheBase() throws Exception {
    Path tuesday = temporary.resolve("tuesday.omensnap");
    Path wednesday = temporary.resolve("wednesday.omensnap");
    UUID id = UUID.randomUUID();
    byte[] large = random(200_000, 73);
    Path one = TinyIndex.write(temporary.resolve("one"), id, large, random(900, 1)).directory();
    Path two = TinyIndex.write(temporary.resolve("two"), id, large, random(900, 2)).directory();
    Path three = TinyIndex.write(temporary.resolve("three"), id, large, random(900, 3)).directory();
    Snapshots.write(one, archive, List.of(), false, Progress.NONE);
    SnapshotReport second = Snapshots.write(two, tuesday, List.of(archive), false, Progress.NONE);
    assertEquals(1, second.heldCount());
    assertTrue(second.writtenBytes() < 3_000, second::toString);
    // The base of a base is named itself, so that no chain has to be followed.
    SnapshotReport third =
        Snapshots.write(three, wednesday, List.of(tuesday, archive), false, Progress.NONE);
    assertEquals(1, third.heldCount());

    for (List<Path> bases : List.of(List.of(archive), List.of(tuesday, archive, archive))) {
      Path back = temporary.resolve("back-" + bases.size());
      Snapshots.restore(wednesday, bases, back, false, Progress.NONE);
      assertSame(Fixtures.snapshot(three), Fixtures.snapshot(back));
    }
    MissingBaseException missing =
        assertThrows(MissingBaseException.class, () -> restore(wednesday, temporary.resolve("x")));
    Fixtures.assertMentions(missing.snapshotId().toString(), missing);
    assertThrows(
        MissingBaseException.class,
        () ->
            Snapshots.restore(
                wednesday, List.of(tuesday), temporary.resolve("x"), false, Progress.NONE));
    assertFalse(Files.exists(temporary.resolve("x")));
  }

  @Test
  void aBaseOfAnotherIndexOrADamagedOneIsNotReliedOn() throws Exception {
    snapshot(archive);
    Path apart = temporary.resolve("apart.omensnap");
    SnapshotReport report =
        Snapshots.write(sound.resolve("other"), apart, List.of(archive), false, Progress.NONE);
    assertEquals(report.fileCount(), report.heldCount());
    Fixtures.flip(archive, Files.size(archive) / 2, 4);
    Path next = temporary.resolve("next.omensnap");
    assertUnchangedBy(
        CorruptFileException.class,
        () -> Snapshots.write(index, next, List.of(archive), false, Progress.NONE));
  }

  @Test
  void linksAreAnIndexOfTheirOwn() throws Exception {
    Path copy = temporary.resolve("copy");
    SortedMap<String, byte[]> before = Fixtures.snapshot(index);
    SnapshotReport report = Snapshots.link(index, copy, Progress.NONE);
    assertEquals(0, report.writtenBytes());
    assertSame(before, Fixtures.snapshot(copy));
    Fixtures.build(other, index, OPTIONS);
    assertSame(before, Fixtures.snapshot(copy));
    assertThrows(
        FileAlreadyExistsException.class, () -> Snapshots.link(index, copy, Progress.NONE));
    assertSame(before, Fixtures.snapshot(copy));
    Fixtures.flip(Fixtures.file(copy, "base.pages"), 5_000, 1);
    assertUnchangedBy(
        CorruptFileException.class,
        () -> Snapshots.link(copy, temporary.resolve("again"), Progress.NONE));
  }

  @Test
  void aSnapshotIsOfTheIndexThatItBeganWith() throws Exception {
    SortedMap<String, byte[]> before = Fixtures.snapshot(index);
    Snapshots.write(
        index, archive, List.of(), false, once(() -> Fixtures.build(other, index, OPTIONS)));
    assertEquals(16, Manifest.read(index).dimension());
    restore(archive, temporary.resolve("one"));
    assertSame(before, Fixtures.snapshot(temporary.resolve("one")));

    SortedMap<String, byte[]> after = Fixtures.snapshot(index);
    Path second = temporary.resolve("b.omensnap");
    Snapshots.write(index, second, List.of(), false, once(() -> deleteTree(index)));
    assertFalse(Files.exists(index));
    restore(second, temporary.resolve("two"));
    assertSame(after, Fixtures.snapshot(temporary.resolve("two")));
  }

  @Test
  void anInterruptedOperationLeavesNothing() throws Exception {
    SplittableRandom random = Seeds.random("anInterruptedOperationLeavesNothing", 74);
    snapshot(archive);
    Path target = Fixtures.copy(sound.resolve("other"), temporary.resolve("target"));
    for (int round = 0; round < 20; round++) {
      Progress failing = failingAfter(random.nextInt(0, 9));
      Path fresh = temporary.resolve("fresh");
      switch (round % 5) {
        case 0 -> interrupted(() -> Snapshots.write(index, fresh, List.of(), false, failing));
        case 1 -> interrupted(() -> Snapshots.write(index, archive, List.of(), true, failing));
        case 2 -> interrupted(() -> Snapshots.restore(archive, List.of(), fresh, false, failing));
        case 3 -> interrupted(() -> Snapshots.restore(archive, List.of(), target, true, failing));
        default -> interrupted(() -> Snapshots.link(index, fresh, failing));
      }
    }
  }

  @Test
  void whatAKilledProcessLeftIsCleanedUp() throws Exception {
    Path foreign = Files.writeString(temporary.resolve("a.omensnap.notes.tmp"), "precious");
    Path another = temporary.resolve("a.omensnap." + UUID.randomUUID() + ".tmp");
    Files.writeString(another, "precious, and none of an archive");
    Path empty = Files.createFile(temporary.resolve("a.omensnap." + UUID.randomUUID() + ".tmp"));
    UUID killed = snapshot(temporary.resolve("killed")).snapshotId();
    byte[] half = Arrays.copyOf(Files.readAllBytes(temporary.resolve("killed")), 2000);
    Path left = Files.write(temporary.resolve("a.omensnap." + killed + ".tmp"), half);
    Path othersId = temporary.resolve("a.omensnap." + UUID.randomUUID() + ".tmp");
    Files.write(othersId, half);
    snapshot(archive);
    assertFalse(Files.exists(left));
    assertFalse(Files.exists(empty));
    assertTrue(Files.exists(foreign) && Files.exists(another) && Files.exists(othersId));

    Path restored = temporary.resolve("restored");
    Path staged = temporary.resolve("staged");
    Progress copying =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            if (name.equals("verify")) {
              try {
                Fixtures.copy(staged, restored);
                Files.delete(restored.resolve("lock.omen"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }

          @Override
          public void advance(long units) {}
        };
    Snapshots.restore(archive, List.of(), staged, false, copying);
    restore(archive, restored);
    assertSame(Fixtures.snapshot(index), Fixtures.snapshot(restored));
  }

  @Test
  void onlyAnArchiveIsReplaced() throws Exception {
    for (String content : List.of("", "precious vectors", "x".repeat(1000))) {
      Files.writeString(archive, content);
      FileAlreadyExistsException e =
          assertUnchangedBy(
              FileAlreadyExistsException.class,
              () -> Snapshots.write(index, archive, List.of(), true, Progress.NONE));
      Fixtures.assertMentions("is not an archive", e);
    }
  }

  @Test
  void whatIsThereIsReplacedOnlyWhenAsked() throws Exception {
    Path target = Fixtures.copy(sound.resolve("other"), temporary.resolve("target"));
    snapshot(archive);
    assertUnchangedBy(FileAlreadyExistsException.class, () -> snapshot(archive));
    assertUnchangedBy(FileAlreadyExistsException.class, () -> restore(archive, target));
    Path folder = Files.createDirectory(temporary.resolve("folder"));
    Files.writeString(folder.resolve("notes.txt"), "precious");
    assertUnchangedBy(
        FileAlreadyExistsException.class,
        () -> Snapshots.write(index, folder, List.of(), true, Progress.NONE));
    assertUnchangedBy(
        FileAlreadyExistsException.class,
        () -> Snapshots.restore(archive, List.of(), folder, true, Progress.NONE));
    assertUnchangedBy(IllegalArgumentException.class, () -> snapshot(index.resolve("a.omensnap")));
    assertUnchangedBy(
        IllegalArgumentException.class,
        () -> Snapshots.write(index, archive, List.of(archive), true, Progress.NONE));

    Snapshots.write(index, archive, List.of(), true, Progress.NONE);
    Snapshots.restore(archive, List.of(), target, true, Progress.NONE);
    assertSame(Fixtures.snapshot(index), Fixtures.snapshot(target));
  }

  @Test
  void aDamagedIndexIsNotArchived() throws Exception {
    SplittableRandom random = Seeds.random("aDamagedIndexIsNotArchived", 75);
    Path file = Fixtures.file(index, "thin.graph");
    Fixtures.flip(file, random.nextLong(Files.size(file)), random.nextInt(1, 256));
    CorruptFileException damaged =
        assertUnchangedBy(CorruptFileException.class, () -> snapshot(archive));
    assertEquals(file.toString(), damaged.path());
    Files.write(file, new byte[10]);
    assertUnchangedBy(CorruptFileException.class, () -> snapshot(archive));
    Files.delete(file);
    damaged = assertUnchangedBy(CorruptFileException.class, () -> snapshot(archive));
    assertEquals(file.toString(), damaged.path());
    Files.delete(index.resolve(Manifest.FILE));
    assertUnchangedBy(NoSuchFileException.class, () -> snapshot(archive));
    assertUnchangedBy(
        NoSuchFileException.class, () -> restore(archive, temporary.resolve("restored")));
  }

  private SnapshotReport snapshot(Path target) throws IOException {
    return Snapshots.write(index, target, List.of(), false, Progress.NONE);
  }

  private static SnapshotReport restore(Path from, Path target) throws IOException {
    return Snapshots.restore(from, List.of(), target, false, Progress.NONE);
  }

  private void interrupted(Work work) throws Exception {
    assertUnchangedBy(CancellationException.class, work);
  }

  private <E extends Exception> E assertUnchangedBy(Class<E> expected, Work work) throws Exception {
    SortedMap<String, byte[]> before = Fixtures.snapshot(temporary);
    E thrown = assertThrows(expected, work::run);
    assertSame(before, Fixtures.snapshot(temporary));
    return thrown;
  }

  private static void assertSame(
      SortedMap<String, byte[]> expected, SortedMap<String, byte[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static void deleteTree(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  /// Does some work when the first bytes are done.
  private static Progress once(Work work) {
    return new Progress() {
      private boolean done;

      @Override
      public void phase(String name, long totalUnits) {}

      @Override
      public void advance(long units) {
        if (!done) {
          done = true;
          try {
            work.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        }
      }
    };
  }

  /// Ends the operation at its `calls`-th report.
  private static Progress failingAfter(int calls) {
    return new Progress() {
      private int left = calls;

      @Override
      public void phase(String name, long totalUnits) {
        count();
      }

      @Override
      public void advance(long units) {
        count();
      }

      private void count() {
        if (left-- == 0) {
          throw new CancellationException("after " + calls);
        }
      }
    };
  }
}
