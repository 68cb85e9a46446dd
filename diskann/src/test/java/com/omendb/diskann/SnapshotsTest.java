package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.directory.Manifest;
import com.omendb.store.snapshot.SnapshotReport;
import com.omendb.store.snapshot.Snapshots;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
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
      TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
          .maxDegree(12)
          .overwrite(true)
          .tuning(t -> t.buildListSize(20))
          .build();

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource other = base;

  @TempDir static Path sound;
  @TempDir Path temporary;

  private Path index = Path.of("");
  private Path archive = Path.of("");

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(400, 32, ElementType.UINT8, 70, ARENA);
    other = TestIndexes.clustered(200, 16, ElementType.FLOAT32, 71, ARENA);
    TestIndexes.build(base, sound.resolve("index"), OPTIONS);
    TestIndexes.build(other, sound.resolve("other"), OPTIONS);
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @BeforeEach
  void copy() throws IOException {
    index = TestFiles.copy(sound.resolve("index"), temporary.resolve("index"));
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
    TestFiles.assertSame(TestFiles.snapshot(index), TestFiles.snapshot(restored));
    try (AnnIndex open = AnnIndex.open(restored, TestIndexes.quickOpen())) {
      assertEquals(7, open.search(SearchRequest.of(base, 7, 1)).id(0));
    }
  }

  @Test
  void anArchiveIsLz4FramesForAnyReaderOfThem() throws Exception {
    snapshot(archive);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String name : Manifest.read(index).files().keySet()) {
      all.writeBytes(Files.readAllBytes(TestFiles.file(index, name)));
    }
    byte[] decoded;
    try (LZ4FrameInputStream frames =
        new LZ4FrameInputStream(new ByteArrayInputStream(Files.readAllBytes(archive)))) {
      decoded = frames.readAllBytes();
    }
    assertArrayEquals(all.toByteArray(), decoded);
  }

  @Test
  void aBaseOfAnotherIndexOrADamagedOneIsNotReliedOn() throws Exception {
    snapshot(archive);
    Path apart = temporary.resolve("apart.omensnap");
    SnapshotReport report =
        Snapshots.write(sound.resolve("other"), apart, List.of(archive), false, Progress.NONE);
    assertEquals(report.fileCount(), report.heldCount());
    TestFiles.flip(archive, Files.size(archive) / 2, 4);
    Path next = temporary.resolve("next.omensnap");
    assertUnchangedBy(
        CorruptFileException.class,
        () -> Snapshots.write(index, next, List.of(archive), false, Progress.NONE));
  }

  @Test
  void linksAreAnIndexOfTheirOwn() throws Exception {
    Path copy = temporary.resolve("copy");
    SortedMap<String, byte[]> before = TestFiles.snapshot(index);
    SnapshotReport report = Snapshots.link(index, copy, Progress.NONE);
    assertEquals(0, report.writtenBytes());
    TestFiles.assertSame(before, TestFiles.snapshot(copy));
    TestIndexes.build(other, index, OPTIONS);
    TestFiles.assertSame(before, TestFiles.snapshot(copy));
    assertThrows(
        FileAlreadyExistsException.class, () -> Snapshots.link(index, copy, Progress.NONE));
    TestFiles.assertSame(before, TestFiles.snapshot(copy));
    TestFiles.flip(TestFiles.file(copy, "base.pages"), 5_000, 1);
    assertUnchangedBy(
        CorruptFileException.class,
        () -> Snapshots.link(copy, temporary.resolve("again"), Progress.NONE));
  }

  @Test
  void aSnapshotIsOfTheIndexThatItBeganWith() throws Exception {
    SortedMap<String, byte[]> before = TestFiles.snapshot(index);
    Snapshots.write(
        index, archive, List.of(), false, once(() -> TestIndexes.build(other, index, OPTIONS)));
    assertEquals(16, Manifest.read(index).dimension());
    restore(archive, temporary.resolve("one"));
    TestFiles.assertSame(before, TestFiles.snapshot(temporary.resolve("one")));

    SortedMap<String, byte[]> after = TestFiles.snapshot(index);
    Path second = temporary.resolve("b.omensnap");
    Snapshots.write(index, second, List.of(), false, once(() -> deleteTree(index)));
    assertFalse(Files.exists(index));
    restore(second, temporary.resolve("two"));
    TestFiles.assertSame(after, TestFiles.snapshot(temporary.resolve("two")));
  }

  @Test
  void anInterruptedOperationLeavesNothing() throws Exception {
    SplittableRandom random = Seeds.random("anInterruptedOperationLeavesNothing", 74);
    snapshot(archive);
    Path target = TestFiles.copy(sound.resolve("other"), temporary.resolve("target"));
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
                TestFiles.copy(staged, restored);
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
    TestFiles.assertSame(TestFiles.snapshot(index), TestFiles.snapshot(restored));
  }

  @Test
  void onlyAnArchiveIsReplaced() throws Exception {
    for (String content : List.of("", "precious vectors", "x".repeat(1000))) {
      Files.writeString(archive, content);
      FileAlreadyExistsException e =
          assertUnchangedBy(
              FileAlreadyExistsException.class,
              () -> Snapshots.write(index, archive, List.of(), true, Progress.NONE));
      TestFiles.assertMentions("is not an archive", e);
    }
  }

  @Test
  void whatIsThereIsReplacedOnlyWhenAsked() throws Exception {
    Path target = TestFiles.copy(sound.resolve("other"), temporary.resolve("target"));
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
    TestFiles.assertSame(TestFiles.snapshot(index), TestFiles.snapshot(target));
  }

  @Test
  void aDamagedIndexIsNotArchived() throws Exception {
    SplittableRandom random = Seeds.random("aDamagedIndexIsNotArchived", 75);
    Path file = TestFiles.file(index, "thin.graph");
    TestFiles.flip(file, random.nextLong(Files.size(file)), random.nextInt(1, 256));
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
    SortedMap<String, byte[]> before = TestFiles.snapshot(temporary);
    E thrown = assertThrows(expected, work::run);
    TestFiles.assertSame(before, TestFiles.snapshot(temporary));
    return thrown;
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
