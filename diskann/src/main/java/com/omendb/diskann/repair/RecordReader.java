package com.omendb.diskann.repair;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.PageFile;
import com.omendb.vectors.Progress;
import com.omendb.vectors.WorkInterruptedException;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the records of a damaged base layer: first to see which are left, then, once it is known
/// how many they are, into memory.
///
/// A page counts as lost if its checksum or number is wrong, or if anything in it breaks the
/// format; and so do its records.
final class RecordReader {
  private final Path path;
  private final PageShape shape;
  private final int vectorBytes;
  private final Progress progress;
  private final PageView view;
  private final int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];

  /// A reader of the pages of an index.
  ///
  /// @param files directory of its files
  RecordReader(Path files, PageShape shape, int vectorBytes, Progress progress) {
    this.path = files.resolve(BasePageFormat.FILE);
    this.shape = shape;
    this.vectorBytes = vectorBytes;
    this.progress = progress;
    this.view =
        new PageView(
            shape.pageBytes(),
            vectorBytes,
            shape.nodeCount(),
            new NeighbourCodec(shape.nodeCount(), shape.baseBits()));
  }

  /// Reads all pages to see which are whole.
  Survivors survey() throws IOException {
    progress.phase("read pages", shape.pageCount());
    BitSet nodes = new BitSet(shape.nodeCount());
    BitSet firstNodes = new BitSet(shape.nodeCount());
    TreeMap<Integer, String> lost = new TreeMap<>();
    VectorIds ids = new VectorIds();
    int largestDegree = 0;
    int nextNode = 0;
    try (PageBytes pages = new PageBytes(path, shape.pageBytes())) {
      for (int page = 0; page < shape.pageCount(); page++) {
        String damage = pages.read(page);
        if (damage == null) {
          damage = damage(pages.page(), nextNode);
        }
        progress.advance(1);
        if (damage != null) {
          lost.put(page, damage);
          continue;
        }
        nextNode = view.firstNode() + view.recordCount();
        nodes.set(view.firstNode(), nextNode);
        firstNodes.set(view.firstNode());
        largestDegree = Math.max(largestDegree, noteRecords(ids));
      }
      boolean whole = lost.isEmpty() && nodes.cardinality() == shape.nodeCount() && opens();
      return new Survivors(shape, nodes, firstNodes, lost, ids, largestDegree, whole);
    }
  }

  // What is wrong with a page whose checksum is right, or null.
  private @Nullable String damage(MemorySegment page, int nextNode) {
    try {
      view.moveTo(page.address());
      if (view.firstNode() < nextNode) {
        return "nodes are in another page already: firstNode=" + view.firstNode();
      }
      int mostNeighbours = shape.maxDegree() == 0 ? neighbours.length : shape.maxDegree();
      for (int slot = 0; slot < view.recordCount(); slot++) {
        view.vectorId(slot);
        if (view.neighbours(slot, neighbours) > mostNeighbours) {
          return "a record has too many neighbours: slot=" + slot;
        }
      }
      return null;
    } catch (MalformedPageException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private int noteRecords(VectorIds ids) {
    int largestDegree = 0;
    try {
      for (int slot = 0; slot < view.recordCount(); slot++) {
        ids.add(view.vectorId(slot));
        largestDegree = Math.max(largestDegree, view.neighbours(slot, neighbours));
      }
    } catch (MalformedPageException e) {
      throw new AssertionError("the page was checked", e);
    }
    return largestDegree;
  }

  private boolean opens() {
    if (!shape.headerDamage().isEmpty()) {
      return false;
    }
    try (PageFile _ =
        PageFile.open(
            path,
            BasePageFormat.MAGIC,
            BasePageFormat.VERSION,
            BasePageFormat.VERSION,
            false,
            "pread")) {
      return true;
    } catch (ClosedByInterruptException _) {
      throw new WorkInterruptedException();
    } catch (IOException _) {
      return false;
    }
  }

  /// Copies the records that are left into rows, in the order of their nodes.
  ///
  /// @param vectors receives the vectors
  /// @param ids receives the vectorIds, a long a row
  /// @param graph receives the neighbours, nodes of the damaged index
  /// @throws IOException if a page cannot be read any more
  void load(Survivors survivors, MemorySegment vectors, MemorySegment ids, Adjacency graph)
      throws IOException {
    progress.phase("read records", shape.pageCount());
    int row = 0;
    try (PageBytes pages = new PageBytes(path, shape.pageBytes())) {
      for (int page = 0; page < shape.pageCount(); page++) {
        progress.advance(1);
        if (survivors.lostPages().containsKey(page)) {
          continue;
        }
        String damage = pages.read(page);
        if (damage != null) {
          throw changed(page, damage);
        }
        try {
          view.moveTo(pages.page().address());
          for (int slot = 0; slot < view.recordCount(); slot++) {
            copyRecord(slot, row++, vectors, ids, graph);
          }
        } catch (MalformedPageException e) {
          throw changed(page, String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void copyRecord(
      int slot, int row, MemorySegment vectors, MemorySegment ids, Adjacency graph)
      throws MalformedPageException {
    MemorySegment.copy(
        NativeMemory.ALL, view.vectorAddress(slot), vectors, (long) row * vectorBytes, vectorBytes);
    ids.setAtIndex(NativeMemory.LONG, row, view.vectorId(slot));
    int degree = view.neighbours(slot, neighbours);
    graph.lock(row);
    graph.set(row, neighbours, degree);
    graph.unlock(row);
  }

  private CorruptFileException changed(int page, String damage) {
    return new CorruptFileException(
        "page was whole when it was read before: pageNumber=" + page,
        path,
        (page + 1L) * shape.pageBytes(),
        "the same page",
        damage);
  }
}
