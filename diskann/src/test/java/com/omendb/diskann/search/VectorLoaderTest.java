package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: every vector is loaded byte by byte, beside the vectorId it belongs to, each id
/// once; touching reads the nodes given and nothing else; a base layer that lacks a node is
/// refused.
class VectorLoaderTest {
  @TempDir Path directory;

  // Shorter than a cache line, as long as one, and longer than what is touched of each.
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 256, 257, 700})
  void everyVectorIsLoadedWithItsId(int dimension) throws Exception {
    SplittableRandom random = Seeds.random("everyVectorIsLoadedWithItsId", 220);
    int count = 130;
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestRows.uniform(random, count, dimension, ElementType.UINT8, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:1"))
              .build());
      ResidentVectors vectors = load(count, dimension, count, arena);
      assertEquals(dimension, vectors.strideBytes());
      // What is behind the count is no node, and reading it would be reading far outside.
      int[] nodes = {0, count - 1, count / 2, Integer.MAX_VALUE};
      for (int touched = 0; touched <= 3; touched++) {
        vectors.touch(nodes, touched);
      }
      BitSet ids = new BitSet();
      for (int node = 0; node < count; node++) {
        long id = vectors.vectorId(node);
        ids.set((int) id);
        for (int column = 0; column < dimension; column++) {
          byte element =
              NativeMemory.ALL.get(
                  NativeMemory.BYTE, vectors.address() + (long) node * dimension + column);
          assertEquals(base.element(id, column), Byte.toUnsignedInt(element), "node=" + node);
        }
      }
      assertEquals(count, ids.cardinality());
    }
  }

  @Test
  void manyPagesAreLoadedFromManyPieces() throws Exception {
    SplittableRandom random = Seeds.random("manyPagesAreLoadedFromManyPieces", 222);
    int count = 1_300;
    int dimension = 2_500;
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestRows.uniform(random, count, dimension, ElementType.UINT8, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:1"))
              .build());
      ResidentVectors vectors = load(count, dimension, count, arena);
      BitSet ids = new BitSet();
      for (int node = 0; node < count; node++) {
        long id = vectors.vectorId(node);
        ids.set((int) id);
        MemorySegment loaded =
            MemorySegment.ofAddress(vectors.address() + (long) node * dimension)
                .reinterpret(dimension);
        MemorySegment expected = base.segment().asSlice(base.offset(id), dimension);
        assertEquals(-1, expected.mismatch(loaded), "node=" + node);
      }
      assertEquals(count, ids.cardinality());
    }
  }

  @Test
  void aBaseLayerThatLacksANodeIsRefused() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base =
          TestRows.uniform(new SplittableRandom(221), 50, 9, ElementType.UINT8, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:1"))
              .build());
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> load(50, 9, 51, arena));
      TestFiles.assertMentions("every node once", e);
    }
  }

  private ResidentVectors load(int count, int dimension, int expected, Arena arena)
      throws IOException {
    Manifest manifest = Manifest.read(directory);
    Path file = Publication.filesOf(directory, manifest.indexId()).resolve(BasePageFormat.FILE);
    try (PageFile pages =
        PageFile.open(
            file, BasePageFormat.MAGIC, BasePageFormat.VERSION, BasePageFormat.VERSION, true)) {
      assertEquals(count, manifest.count());
      BasePageFormat.Header header = BasePageFormat.header(pages, manifest);
      return VectorLoader.load(
          pages,
          () -> BaseLayer.pageView(header, dimension, pages.pageBytes()),
          expected,
          dimension,
          _ -> {
            throw new AssertionError("no page is lost");
          },
          arena);
    }
  }
}
