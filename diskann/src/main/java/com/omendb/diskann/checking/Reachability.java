package com.omendb.diskann.checking;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.vamana.NodeBits;
import com.omendb.pagecache.read.FileScan;
import com.omendb.store.checking.CheckMemory;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.Tasks;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Walks the graph of an undamaged base layer from its medoid, from which every node can be
/// reached.
///
/// It goes in rounds over stretches of pages: each that holds nodes which were reached and not left
/// yet is walked until it holds none. The lists are in memory or, if there was no room, read again
/// with their pages.
final class Reachability {
  private final BaseShape shape;
  private final PageTable pages;
  private final CheckMemory memory;
  private final NodeBits reached;
  private final NodeBits left;
  private final int stretchPages;

  Reachability(BaseShape shape, PageTable pages, CheckMemory memory, Arena arena) {
    this.shape = shape;
    this.pages = pages;
    this.memory = memory;
    this.reached = new NodeBits(shape.nodeCount(), arena);
    this.left = new NodeBits(shape.nodeCount(), arena);
    this.stretchPages = memory.chunkBytes() / shape.pageBytes();
  }

  static long bytes(long nodeCount) {
    return 2 * NodeBits.bytes(nodeCount);
  }

  /// Walks, and logs the nodes that were not reached.
  ///
  /// @param store the lists, or null to read them from `scan`
  void run(@Nullable ListStore store, FileScan scan, Progress progress, DamageLog log)
      throws IOException {
    progress.phase("reachability", shape.nodeCount());
    reached.add(shape.medoid());
    AtomicBoolean again = new AtomicBoolean(true);
    int stretches = Math.ceilDiv(shape.pageCount(), stretchPages);
    while (again.getAndSet(false)) {
      Tasks.run(
          memory.threads(),
          stretches,
          (worker, stretch) -> {
            int from = (int) stretch * stretchPages;
            int to = Math.min(from + stretchPages, shape.pageCount());
            long leftNow =
                store == null
                    ? leaveInFile(from, to, scan, memory.chunk(worker))
                    : leaveInMemory(from, to, store);
            if (leftNow > 0) {
              again.set(true);
              progress.advance(leftNow);
            }
          });
    }
    logMissing(log);
  }

  private boolean holdsNodesToLeave(int from, int to) {
    long end = pages.end(to - 1);
    return reached.nextNotIn(left, pages.firstNode(from), end) < end;
  }

  // Leaves all nodes that were reached on some pages and returns how many.
  private long leaveInMemory(int from, int to, ListStore store) {
    NeighbourCodec codec = shape.codec();
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    long count = 0;
    while (holdsNodesToLeave(from, to)) {
      for (int page = from; page < to; page++) {
        int end = pages.end(page);
        long last = reached.nextNotIn(left, pages.firstNode(page), end);
        if (last == end) {
          continue;
        }
        long at = store.address(pages.lists(page));
        for (int node = pages.firstNode(page); node < end; node++) {
          if (reached.contains(node) && left.add(node)) {
            count++;
            reach(neighbours, codec.read(at, store.end(), neighbours));
          }
          at += codec.length(at);
        }
      }
    }
    return count;
  }

  private long leaveInFile(int from, int to, FileScan scan, MemorySegment chunk)
      throws IOException {
    if (!holdsNodesToLeave(from, to)) {
      return 0;
    }
    int pageBytes = shape.pageBytes();
    scan.read(chunk.asSlice(0, (long) (to - from) * pageBytes), (from + 1L) * pageBytes);
    PageView view = shape.newView();
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    long count = 0;
    while (holdsNodesToLeave(from, to)) {
      for (int page = from; page < to; page++) {
        int end = pages.end(page);
        long node = reached.nextNotIn(left, pages.firstNode(page), end);
        if (node == end) {
          continue;
        }
        try {
          view.moveTo(chunk.address() + (long) (page - from) * pageBytes);
          for (; node < end; node = reached.nextNotIn(left, node + 1, end)) {
            left.add(node);
            count++;
            reach(neighbours, view.neighbours(view.requireSlot((int) node), neighbours));
          }
        } catch (MalformedPageException e) {
          throw new IOException("a page changed while it was checked: page=" + page, e);
        }
      }
    }
    return count;
  }

  private void reach(int[] neighbours, int degree) {
    for (int i = 0; i < degree; i++) {
      reached.add(neighbours[i]);
    }
  }

  private void logMissing(DamageLog log) {
    int page = 0;
    for (long node = reached.nextMissing(0, shape.nodeCount());
        node < shape.nodeCount();
        node = reached.nextMissing(node + 1, shape.nodeCount())) {
      while (pages.end(page) <= node) {
        page++;
      }
      log.add(
          new Damage(
              BasePageFormat.FILE,
              Kind.UNREACHABLE,
              page,
              (page + 1L) * shape.pageBytes(),
              "a path from node=" + shape.medoid(),
              "none to node=" + node));
    }
  }
}
