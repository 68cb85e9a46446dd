package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.repair.IndexRepair;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.CrashRounds;
import com.omendb.pagecache.testing.Faults;
import com.omendb.pagecache.testing.FaultyStorage;
import com.omendb.store.AnnIndex;
import com.omendb.store.SearchRequest;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: however a repair ends, the damaged index is byte for byte what it was, and the new
/// one is whole or not there at all; there if the repair has returned; and the repair can be made
/// again on what the crash has left.
class RepairCrashTest {
  private static final int ROUNDS = 24;
  private static final int COUNT = 200;
  private static final int PAGE_BYTES = 4096;
  private static final RepairOptions REPAIR = RepairOptions.builder().threads(1).build();

  @TempDir Path temporary;

  @Test
  void afterACrashTheRepairedIndexIsWholeOrNotThere() throws IOException {
    long seed = Seeds.seed("afterACrashTheRepairedIndexIsWholeOrNotThere", 97);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(COUNT, 16, ElementType.UINT8, seed, arena);
      // One index with a lost page, one of which only other files are lost: two ways of repair.
      Path lostPage = build(base, "lost-page");
      flip(file(lostPage, "base.pages"), PAGE_BYTES + 77);
      Path lostFiles = build(base, "lost-files");
      Files.delete(file(lostFiles, "thin.graph"));
      flip(file(lostFiles, "layers.hnsw"), 4200);
      int whole = 0;
      for (int round = 0; round < CrashRounds.count(ROUNDS); round++) {
        Path damaged = round % 2 == 0 ? lostPage : lostFiles;
        whole += round(round, damaged, base, new SplittableRandom(seed + round)) ? 1 : 0;
      }
      assertTrue(whole > 0, "no repair got through");
    }
  }

  // Returns whether the new index was there after the crash.
  private boolean round(int round, Path damaged, VectorSource base, SplittableRandom random)
      throws IOException {
    SortedMap<String, byte[]> before = snapshot(damaged);
    long operations = operations(damaged, base, round);
    // The end, where the index appears, is what matters most.
    long crashAt =
        random.nextBoolean()
            ? random.nextLong(operations + 1)
            : random.nextLong(Math.max(0, operations - 10), operations + 1);
    Path root = Files.createDirectory(temporary.resolve("round-" + round));
    FaultyStorage storage = new FaultyStorage(root, Faults.NONE.withCrashAt(crashAt), random);
    boolean done = false;
    try {
      repair(damaged, storage, root.resolve("new"), base);
      done = true;
    } catch (IOException | UncheckedIOException _) {
      // The crash.
    }
    Path left = temporary.resolve("left-" + round);
    storage.reboot(left);
    Path repaired = left.resolve("new");
    boolean there = Files.exists(repaired.resolve(Manifest.FILE));
    assertTrue(there || !done, () -> "a repair that was done is lost:\n" + storage.trace());
    if (!there) {
      repair(damaged, Storage.disk(), repaired, base);
    }
    assertWhole(repaired, base);
    SortedMap<String, byte[]> after = snapshot(damaged);
    assertEquals(before.keySet(), after.keySet());
    before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
    return there;
  }

  private long operations(Path damaged, VectorSource base, int round) throws IOException {
    Path root = Files.createDirectory(temporary.resolve("count-" + round));
    FaultyStorage storage = new FaultyStorage(root, Faults.NONE, new SplittableRandom(1));
    repair(damaged, storage, root.resolve("new"), base);
    assertFalse(storage.crashed());
    return storage.operations();
  }

  private static void repair(Path damaged, Storage storage, Path target, VectorSource base)
      throws IOException {
    IndexRepair.run(new HybridKind(), damaged, storage, target, base, REPAIR, Progress.NONE);
  }

  private static void assertWhole(Path directory, VectorSource base) throws IOException {
    assertTrue(
        AnnIndex.verify(
                directory, VerifyOptions.full().toBuilder().threads(1).build(), Progress.NONE)
            .isWhole());
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      assertEquals(COUNT, index.info().count());
      assertEquals(COUNT, index.search(SearchRequest.of(base, 0, COUNT)).count());
    }
  }

  private Path build(VectorSource base, String name) throws IOException {
    Path directory = temporary.resolve(name);
    AnnIndex.build(
        base,
        directory,
        TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
            .tuning(t -> t.codes("pq:4"))
            .build(),
        Progress.NONE);
    return directory;
  }

  private static Path file(Path directory, String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private static void flip(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 1;
    Files.write(file, bytes);
  }

  private static SortedMap<String, byte[]> snapshot(Path directory) throws IOException {
    TreeMap<String, byte[]> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.put(directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return bytes;
  }
}
