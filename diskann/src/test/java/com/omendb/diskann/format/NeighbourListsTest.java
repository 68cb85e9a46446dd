package com.omendb.diskann.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: every list reads back as it was added, before and after the file; a file of another
/// graph is refused, and so are bytes under a right checksum that are no lists of this graph.
class NeighbourListsTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");

  @TempDir Path directory;

  @Test
  void listsRoundTripThroughTheFile() throws Exception {
    SplittableRandom random = Seeds.random("listsRoundTripThroughTheFile", 94);
    for (int vertexCount : new int[] {1, 63, 64, 65, 1_000}) {
      int[][] lists = randomLists(random, vertexCount, 24);
      Path path = directory.resolve("lists-" + vertexCount);
      try (Arena arena = Arena.ofShared()) {
        NeighbourLists built = build(lists, 24, arena);
        assertLists(lists, built);
        built.write(Storage.disk().file(path), INDEX_ID);
        NeighbourLists stored = NeighbourLists.read(path, INDEX_ID, vertexCount, arena);
        assertLists(lists, stored);
        assertEquals(built.byteSize(), stored.byteSize());
        assertThrows(
            CorruptFileException.class,
            () -> NeighbourLists.read(path, INDEX_ID, vertexCount + 1, arena));
        assertThrows(
            CorruptFileException.class,
            () -> NeighbourLists.read(path, UUID.randomUUID(), vertexCount, arena));
      }
    }
  }

  @Test
  void bytesThatAreNoListsAreRefusedUnderARightChecksum() throws Exception {
    SplittableRandom random = Seeds.random("bytesThatAreNoListsAreRefused", 95);
    int vertexCount = 150;
    int[][] lists = randomLists(random, vertexCount, 24);
    Path path = directory.resolve("lists");
    int refused = 0;
    try (Arena arena = Arena.ofShared()) {
      build(lists, 24, arena).write(Storage.disk().file(path), INDEX_ID);
      byte[] payload = Arrays.copyOfRange(Files.readAllBytes(path), 4096, (int) Files.size(path));
      for (int round = 0; round < 400; round++) {
        byte[] damaged = payload.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) random.nextInt(1, 256);
        Path copy = directory.resolve("damaged-" + round);
        SegmentFile.write(
            Storage.disk().file(copy),
            "OMENLIST",
            1,
            INDEX_ID,
            new long[] {vertexCount, 24, 0},
            MemorySegment.ofArray(damaged));
        try {
          NeighbourLists stored = NeighbourLists.read(copy, INDEX_ID, vertexCount, arena);
          int[] read = new int[NeighbourCodec.MAX_DEGREE];
          for (int vertex = 0; vertex < vertexCount; vertex++) {
            int degree = stored.copy(vertex, read);
            for (int i = 0; i < degree; i++) {
              assertTrue(read[i] >= 0 && read[i] < vertexCount);
            }
          }
        } catch (CorruptFileException e) {
          assertEquals(copy.toString(), e.path());
          refused++;
        }
      }
    }
    assertTrue(refused > 0, "refused=" + refused);
  }

  @Test
  void touchingListsReadsNeitherBeyondTheFileNorVerticesThatAreNotGiven() throws Exception {
    SplittableRandom random = Seeds.random("touchingLists", 97);
    // Empty lists alone, where the last byte of all is a list of its own; and lists longer than
    // what is touched of each.
    for (int maxDegree : new int[] {0, 1, 120}) {
      for (int vertexCount : new int[] {1, 64, 129}) {
        int[][] lists = randomLists(random, vertexCount, maxDegree);
        Path path = directory.resolve("touched-" + maxDegree + "-" + vertexCount);
        try (Arena arena = Arena.ofShared()) {
          build(lists, maxDegree, arena).write(Storage.disk().file(path), INDEX_ID);
          NeighbourLists stored = NeighbourLists.read(path, INDEX_ID, vertexCount, arena);
          // Where there would be no memory at all.
          int[] vertices = {0, vertexCount - 1, vertexCount / 2, Integer.MAX_VALUE, -1};
          for (int count = 0; count <= 3; count++) {
            stored.touch(vertices, count);
          }
          assertLists(lists, stored);
        }
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new NeighbourLists.Builder(10, NeighbourLists.MAX_DEGREE + 1, 0, arena));
      NeighbourLists.Builder unfinished = new NeighbourLists.Builder(2, 4, 0, arena);
      unfinished.add(new int[] {1}, 1);
      assertThrows(IllegalStateException.class, unfinished::build);
    }
  }

  private static NeighbourLists build(int[][] lists, int maxDegree, Arena arena) {
    NeighbourLists.Builder builder = new NeighbourLists.Builder(lists.length, maxDegree, 0, arena);
    for (int[] list : lists) {
      builder.add(list.clone(), list.length);
    }
    return builder.build();
  }

  private static void assertLists(int[][] expected, NeighbourLists actual) {
    assertEquals(expected.length, actual.vertexCount());
    int[] read = new int[NeighbourCodec.MAX_DEGREE];
    for (int vertex = 0; vertex < expected.length; vertex++) {
      int degree = actual.copy(vertex, read);
      int[] sorted = expected[vertex].clone();
      Arrays.sort(sorted);
      assertArrayEquals(sorted, Arrays.copyOf(read, degree), "vertex=" + vertex);
      assertTrue(degree <= actual.largestDegree());
    }
  }

  private static int[][] randomLists(SplittableRandom random, int vertexCount, int maxDegree) {
    int[][] lists = new int[vertexCount][];
    for (int vertex = 0; vertex < vertexCount; vertex++) {
      lists[vertex] =
          random.ints(0, vertexCount).limit(random.nextInt(maxDegree + 1)).distinct().toArray();
    }
    return lists;
  }
}
