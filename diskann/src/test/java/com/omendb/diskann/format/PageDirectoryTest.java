package com.omendb.diskann.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: every node is in the page that a plain list says, before and after a trip through
/// the file; any damage to the file is refused with a typed exception that names it.
class PageDirectoryTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 127, 128, 129, 1000, 10_000})
  void everyNodeIsInThePageThatAPlainListSays(int nodeCount) throws Exception {
    SplittableRandom random = Seeds.random("everyNodeIsInThePageThatAPlainListSays", nodeCount);
    for (int largestPage : new int[] {1, 2, 30, 64, 200}) {
      try (Arena arena = Arena.ofConfined()) {
        int[] pageOf = new int[nodeCount];
        PageDirectory built = random(random, nodeCount, largestPage, pageOf, arena);
        Path path = directory.resolve("pages-" + largestPage);
        built.write(Storage.disk().file(path), INDEX_ID);
        PageDirectory read = read(path, nodeCount, built.pageCount(), arena);
        assertEquals(pageOf[nodeCount - 1] + 1, built.pageCount());
        assertEquals(built.pageCount(), read.pageCount());
        for (int node = 0; node < nodeCount; node++) {
          assertEquals(pageOf[node], built.page(node));
          assertEquals(pageOf[node], read.page(node));
          if (node == 0 || pageOf[node] != pageOf[node - 1]) {
            assertEquals(node, read.firstNode(pageOf[node]));
          }
        }
        assertEquals(nodeCount, read.firstNode(read.pageCount()));
      }
    }
  }

  @Test
  void everyFlippedByteAndEveryOtherLengthIsRefused() throws Exception {
    SplittableRandom random = Seeds.random("everyFlippedByteAndEveryOtherLengthIsRefused", 6);
    try (Arena arena = Arena.ofConfined()) {
      PageDirectory built = random(random, 300, 20, new int[300], arena);
      Path path = directory.resolve("pages");
      built.write(Storage.disk().file(path), INDEX_ID);
      byte[] whole = Files.readAllBytes(path);
      for (int offset = 0;
          offset < whole.length;
          offset += offset < 100 || offset > 4000 ? 1 : 97) {
        byte[] damaged = whole.clone();
        damaged[offset] ^= (byte) (1 << random.nextInt(8));
        Files.write(path, damaged);
        assertRefused(path, 300, built.pageCount());
      }
      for (int length : new int[] {0, 1, 4095, 4096, whole.length - 1, whole.length + 1}) {
        Files.write(path, Arrays.copyOf(whole, length));
        assertRefused(path, 300, built.pageCount());
      }
    }
  }

  @Test
  void aDirectoryOfAnotherIndexIsRefused() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      PageDirectory built = random(new SplittableRandom(1), 300, 20, new int[300], arena);
      Path path = directory.resolve("pages");
      built.write(Storage.disk().file(path), INDEX_ID);
      assertRefused(path, 299, built.pageCount());
      assertRefused(path, 301, built.pageCount());
      assertRefused(path, 300, built.pageCount() + 1L);
      assertThrows(
          CorruptFileException.class,
          () -> PageDirectory.read(path, new UUID(1, 2), 300, built.pageCount(), arena));
    }
  }

  @Test
  void aDirectoryThatDoesNotAddUpIsRefused() throws Exception {
    // 100 nodes in pages that begin at 0, 10, 70: two blocks, the second with 2 pages before it.
    assertTrue(accepted(1L | 1L << 10, 0, 1L << 6, 2, 100, 3));
    assertTrue(!accepted(1L << 10, 0, 1L << 6, 1, 100, 2), "node 0 is in no page");
    assertTrue(!accepted(1L | 1L << 10, 0, 1L << 6, 1, 100, 3), "a count is wrong");
    assertTrue(!accepted(1L | 1L << 10, 1, 1L << 6, 3, 100, 3), "the first count is not zero");
    assertTrue(!accepted(1L | 1L << 10, 0, 0, 2, 100, 3), "a page never begins");
    assertTrue(!accepted(1L | 1L << 10, 0, 1L << 6, 2), "the header has no fields");
    assertTrue(!accepted(1L | 1L << 10, 0, 1L << 6, 2, 100), "the header lacks a field");
  }

  private boolean accepted(long starts0, int before0, long starts1, int before1, long... fields)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entries = arena.allocate(24, 8);
      entries.set(NativeMemory.LONG, 0, starts0);
      entries.set(NativeMemory.INT, 8, before0);
      entries.set(NativeMemory.LONG, 12, starts1);
      entries.set(NativeMemory.INT, 20, before1);
      Path path = Files.createTempFile(directory, "pages", "");
      Files.delete(path);
      SegmentFile.write(Storage.disk().file(path), "OMENPDIR", 1, INDEX_ID, fields, entries);
      try {
        read(path, 100, fields.length > 1 ? fields[1] : 3, arena);
        return true;
      } catch (CorruptFileException e) {
        assertEquals(path.toString(), e.path());
        return false;
      }
    }
  }

  private static void assertRefused(Path path, int nodeCount, long pageCount) {
    try (Arena arena = Arena.ofConfined()) {
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> read(path, nodeCount, pageCount, arena));
      assertEquals(path.toString(), e.path());
    }
  }

  private static PageDirectory read(Path path, int nodeCount, long pageCount, Arena arena)
      throws IOException {
    return PageDirectory.read(path, INDEX_ID, nodeCount, pageCount, arena);
  }

  private static PageDirectory random(
      SplittableRandom random, int nodeCount, int largestPage, int[] pageOf, Arena arena) {
    PageDirectory.Builder builder = new PageDirectory.Builder(nodeCount, arena);
    int page = -1;
    int left = 0;
    for (int node = 0; node < nodeCount; node++) {
      if (left == 0) {
        builder.startPage(node);
        page++;
        left = random.nextInt(1, largestPage + 1);
      }
      left--;
      pageOf[node] = page;
    }
    return builder.build();
  }
}
