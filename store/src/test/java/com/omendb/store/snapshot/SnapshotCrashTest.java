package com.omendb.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.CrashRounds;
import com.omendb.pagecache.testing.Faults;
import com.omendb.pagecache.testing.FaultyStorage;
import com.omendb.pagecache.testing.SimulatedCrashException;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: whenever the machine crashes, and whatever the disk does to what was not forced, the
/// archive or index that was there is there or the new one, whole; the new one once the operation
/// has returned; the operation succeeds on what a crash has left.
class SnapshotCrashTest {
  private static final int VERSIONS = 3;
  private static final int ROUNDS = 60;

  @TempDir Path temporary;

  private final List<TinyIndex> indexes = new ArrayList<>();
  private final List<Path> archives = new ArrayList<>();
  private int restored;

  @BeforeEach
  void makeVersions() throws IOException {
    for (int version = 0; version < VERSIONS; version++) {
      byte[] noise = new byte[3_000 * (version + 1)];
      new SplittableRandom(version).nextBytes(noise);
      indexes.add(TinyIndex.write(sources("index-" + version), noise, new byte[version], noise));
      archives.add(sources("archive-" + version));
      Snapshots.write(
          sources("index-" + version), archives.getLast(), List.of(), false, Progress.NONE);
    }
  }

  private Path sources(String name) {
    return temporary.resolve("sources").resolve(name);
  }

  @Test
  void afterACrashTheOldArchiveOrTheNewOneIsThere() throws IOException {
    long seed = Seeds.seed("afterACrashTheOldArchiveOrTheNewOneIsThere", 96);
    run(
        seed,
        new CrashRounds.Scenario() {
          @Override
          public void write(Storage storage, Path root, int version) throws IOException {
            Path index = indexes.get(version).directory();
            Snapshots.write(storage, index, archive(root), List.of(), true, Progress.NONE);
            try (Stream<Path> left = Files.list(root.resolve("deep"))) {
              assertEquals(
                  List.of(archive(root)),
                  left.filter(SnapshotCrashTest::isMore).toList(),
                  "what an earlier crash left is gone");
            }
          }

          @Override
          public int read(Path root) throws IOException {
            if (!Files.exists(archive(root))) {
              return CrashRounds.NOTHING;
            }
            Path target = temporary.resolve("restored-" + restored++);
            Snapshots.restore(archive(root), List.of(), target, false, Progress.NONE);
            return version(target);
          }

          private Path archive(Path root) {
            return root.resolve("deep").resolve("a.omensnap");
          }
        });
  }

  @Test
  void afterACrashTheOldIndexOrTheRestoredOneIsThere() throws IOException {
    long seed = Seeds.seed("afterACrashTheOldIndexOrTheRestoredOneIsThere", 97);
    run(
        seed,
        new CrashRounds.Scenario() {
          @Override
          public void write(Storage storage, Path root, int version) throws IOException {
            Path index = root.resolve("deep").resolve("index");
            Snapshots.restore(
                storage, archives.get(version), List.of(), index, true, Progress.NONE);
          }

          @Override
          public int read(Path root) throws IOException {
            Path index = root.resolve("deep").resolve("index");
            return Files.exists(index.resolve(Manifest.FILE))
                ? version(index)
                : CrashRounds.NOTHING;
          }
        });
  }

  @Test
  void afterACrashLinksAreAllThereOrNoIndexIs() throws IOException {
    SplittableRandom random = Seeds.random("afterACrashLinksAreAllThereOrNoIndexIs", 98);
    long operations = Long.MAX_VALUE;
    int whole = 0;
    for (long crashAt = 0; crashAt <= operations; crashAt++) {
      Path root = Files.createDirectory(temporary.resolve("link-" + crashAt));
      Path index = TestFiles.copy(indexes.getFirst().directory(), root.resolve("index"));
      FaultyStorage storage =
          new FaultyStorage(root, Faults.NONE.withCrashAt(crashAt), random.split());
      try {
        Snapshots.link(storage, index, root.resolve("copy"), Progress.NONE);
        operations = storage.operations();
      } catch (SimulatedCrashException | UncheckedIOException _) {
        assertTrue(storage.crashed());
      }
      Path next = temporary.resolve("link-after-" + crashAt);
      storage.reboot(next);
      assertEquals(0, version(next.resolve("index")));
      if (Files.exists(next.resolve("copy").resolve(Manifest.FILE))) {
        assertEquals(0, version(next.resolve("copy")));
        whole++;
      } else {
        Snapshots.link(next.resolve("index"), next.resolve("copy"), Progress.NONE);
        assertEquals(0, version(next.resolve("copy")));
      }
    }
    assertTrue(operations > 10 && whole > 0, "operations=" + operations + ", whole=" + whole);
  }

  /// Whether a file is more than the garbage that there may be instead of a first write.
  private static boolean isMore(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(ArchiveHead.FIXED_BYTES);
      return ArchiveHead.idOf(start).isPresent() || Files.size(file) > 2_000;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(long seed, CrashRounds.Scenario scenario) throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("rounds"));
    CrashRounds rounds = new CrashRounds(scenario, VERSIONS, empty, seed);
    Map<CrashRounds.Outcome, Integer> outcomes = rounds.run(CrashRounds.count(ROUNDS));
    assertTrue(outcomes.containsKey(CrashRounds.Outcome.OLD), rounds::toString);
  }

  /// Which of the versions an index is, all bytes compared.
  private int version(Path directory) throws IOException {
    Manifest manifest = Manifest.read(directory);
    Publication.checkLengths(directory, manifest);
    for (int version = 0; version < VERSIONS; version++) {
      TinyIndex index = indexes.get(version);
      if (index.manifest().indexId().equals(manifest.indexId())) {
        for (String name : manifest.files().keySet()) {
          assertArrayEquals(
              Files.readAllBytes(file(index.directory(), manifest, name)),
              Files.readAllBytes(file(directory, manifest, name)),
              name);
        }
        return version;
      }
    }
    throw new AssertionError("none of the versions: " + manifest);
  }

  private static Path file(Path directory, Manifest manifest, String name) {
    return Publication.filesOf(directory, manifest.indexId()).resolve(name);
  }
}
