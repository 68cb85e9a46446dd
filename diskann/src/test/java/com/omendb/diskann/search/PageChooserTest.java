package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: the pages chosen are those with the largest sums of probabilities over their
/// estimated candidates, most first, above the threshold, none excluded and none twice, no more
/// than the limit; what was scored exactly earns its page nothing.
class PageChooserTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
  private static final int NODES = 6_400;
  private static final int NODES_A_PAGE = 5;
  private static final int PAGES = NODES / NODES_A_PAGE;

  @TempDir Path directory;

  @Test
  void thePagesOfTheLargestGainsAreChosen() throws IOException {
    SplittableRandom random = Seeds.random("thePagesOfTheLargestGainsAreChosen", 204);
    try (Arena arena = Arena.ofConfined()) {
      PageChooser chooser = new PageChooser(evenDirectory(arena));
      for (int round = 0; round < 200; round++) {
        // Some lists of more pages than the chooser has room for at first.
        int size = 1 + random.nextInt(round % 20 == 0 ? 3_000 : 60);
        OpenList list = randomList(random, size);
        float bound = list.keyOf(1 + random.nextInt(size + 1));
        double deviation = random.nextInt(10) == 0 ? 0 : random.nextDouble(0.1, 30);
        double threshold = random.nextInt(5) == 0 ? 0 : random.nextDouble(0.001, 2);
        int[] excluded = random.ints(8, 0, PAGES).toArray();
        int limit = 1 + random.nextInt(12);
        int[] chosen = new int[limit];
        int count = chooser.choose(list, bound, deviation, threshold, excluded, 6, limit, chosen);
        List<Integer> expected =
            expected(list, bound, deviation, threshold, Arrays.copyOf(excluded, 6));
        assertEquals(
            expected.subList(0, Math.min(limit, expected.size())),
            Arrays.stream(chosen, 0, count).boxed().toList());
      }
    }
  }

  // What a page gains, by its definition; ties go to the page of the nearer candidate.
  private static List<Integer> expected(
      OpenList list, float bound, double deviation, double threshold, int[] excluded) {
    Map<Integer, Double> gains = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      double probability =
          bound == Float.POSITIVE_INFINITY
              ? 1
              : CodeErrorModel.probability(list.key(i), bound, deviation);
      // The negligible ones are left out, a fiftieth of the threshold.
      if (!list.isExact(i) && probability >= threshold / 50) {
        gains.merge(list.node(i) / NODES_A_PAGE, probability, Double::sum);
      }
    }
    Arrays.stream(excluded).forEach(gains::remove);
    List<Integer> pages = new ArrayList<>(gains.keySet());
    pages.removeIf(page -> gains.getOrDefault(page, 0.0) <= threshold);
    pages.sort(Comparator.comparingDouble(page -> -gains.getOrDefault(page, 0.0)));
    return pages;
  }

  @Test
  void aPageOfManyLikelyCandidatesIsBeforeThatOfTheNearest() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      PageChooser chooser = new PageChooser(evenDirectory(arena));
      OpenList list = new OpenList();
      list.reset(20);
      list.addEstimated(7, 1f);
      for (int node = 100; node < 104; node++) {
        list.addEstimated(node, 2f);
      }
      int[] chosen = new int[2];
      assertEquals(2, chooser.choose(list, 3f, 1, 0.1, new int[0], 0, 2, chosen));
      assertArrayEquals(new int[] {20, 1}, chosen);
      // Once they are known exactly, only the other is worth a read.
      list.dropRange(100, 105);
      for (int node = 100; node < 104; node++) {
        list.addExact(node, 2f);
      }
      assertEquals(1, chooser.choose(list, 3f, 1, 0.1, new int[0], 0, 2, chosen));
      assertEquals(1, chosen[0]);
    }
  }

  @Test
  void anEmptyListWantsNoPage() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      PageChooser chooser = new PageChooser(evenDirectory(arena));
      OpenList list = new OpenList();
      list.reset(3);
      int[] chosen = new int[4];
      float bound = list.keyOf(1);
      assertEquals(0, chooser.choose(list, bound, 1, 0, new int[] {4}, 1, 4, chosen));
    }
  }

  private static OpenList randomList(SplittableRandom random, int size) {
    OpenList list = new OpenList();
    list.reset(size);
    int node = 0;
    for (int i = 0; i < size; i++) {
      node += 1 + random.nextInt(2);
      float key = random.nextInt(400) / 4f;
      if (random.nextInt(3) == 0) {
        list.addExact(node, key);
      } else {
        list.addEstimated(node, key);
      }
    }
    return list;
  }

  // A directory of pages that hold equally many nodes.
  private PageDirectory evenDirectory(Arena arena) throws IOException {
    MemorySegment entries = arena.allocate(PageDirectory.bytes(NODES), 8);
    int pages = 0;
    for (int block = 0; block < NODES / 64; block++) {
      entries.set(NativeMemory.INT, block * 12L + 8, pages);
      long starts = 0;
      for (int i = 0; i < 64; i++) {
        if ((64 * block + i) % NODES_A_PAGE == 0) {
          starts |= 1L << i;
          pages++;
        }
      }
      entries.set(NativeMemory.LONG, block * 12L, starts);
    }
    Path path = directory.resolve("pages.dir");
    SegmentFile.write(
        Storage.disk().file(path), "OMENPDIR", 1, INDEX_ID, new long[] {NODES, PAGES}, entries);
    return PageDirectory.read(path, INDEX_ID, NODES, PAGES, arena);
  }
}
