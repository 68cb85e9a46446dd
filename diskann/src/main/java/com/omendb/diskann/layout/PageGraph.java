package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// A coarse graph over pages: a page is joined to those pages near it that its nodes' neighbours
/// lie in, thinned by RobustPrune (Subramanya et al., "DiskANN", NeurIPS 2019, Algorithm 2) over
/// the means of their vectors.
///
/// With the codes of the means it leads a search to all pages worth reading from a quarter of the
/// memory that a graph over groups of four nodes takes; a mean says something of its page where
/// the page holds many vectors.
public final class PageGraph {
  private static final int MAX_DEGREE = 24;
  private static final float ALPHA = 1.2f;

  // Edges of a node that are looked at where they are in the order of a prune: the others lead to
  // pages that the first lead to as well.
  private static final int FIRST_EDGES = 24;

  private PageGraph() {}

  /// The most native bytes that [#of] takes at its peak.
  public static long bytes(VectorShape vectors, long pageCount) {
    return pageCount * vectors.vectorBytes()
        + NeighbourLists.maxBytes(pageCount, MAX_DEGREE) / 2
        + ParallelLists.scratchBytes(MAX_DEGREE)
        + 4L * pageCount;
  }

  /// Builds the graph over the pages of a graph over rows.
  ///
  /// @param arena for the lists and what they are made with
  public static NeighbourLists of(
      VectorSource vectors,
      Metric metric,
      VamanaGraph graph,
      NodeOrder order,
      PageDirectory directory,
      int threads,
      Progress progress,
      Arena arena) {
    int pages = directory.pageCount();
    progress.phase("page graph", pages);
    NodeSpace space =
        new NodeSpace(
            GroupMeans.of(vectors, order, pages, directory::firstNode, arena),
            metric,
            graph.adjacency().beforeTouch(),
            arena);
    return ParallelLists.of(
        pages,
        MAX_DEGREE,
        threads,
        () -> new Joiner(space, graph, order, directory),
        progress,
        arena);
  }

  private static final class Joiner implements ParallelLists.Chooser {
    private final NodeSpace pages;
    private final Adjacency graph;
    private final int edges;
    private final NodeOrder order;
    private final PageDirectory directory;
    private final RobustPrune prune;
    private final int[] row;
    private int[] near;
    private float[] distances;

    Joiner(NodeSpace pages, VamanaGraph graph, NodeOrder order, PageDirectory directory) {
      this.pages = pages;
      this.graph = graph.adjacency();
      this.edges = graph.inPruneOrder() ? FIRST_EDGES : Integer.MAX_VALUE;
      this.order = order;
      this.directory = directory;
      this.prune = new RobustPrune(pages, MAX_DEGREE);
      this.row = new int[this.graph.slots()];
      this.near = new int[16 * row.length];
      this.distances = new float[near.length];
    }

    @Override
    public int choose(int page, int[] target) {
      int count = distinctNear(page);
      pages.distances(page, near, count, distances);
      prune.clear();
      for (int i = 0; i < count; i++) {
        prune.add(near[i], distances[i]);
      }
      return prune.prune(page, ALPHA, true, target);
    }

    // The other pages that neighbours of a page's nodes lie in, into `near`.
    private int distinctNear(int page) {
      int first = directory.firstNode(page);
      int end = directory.firstNode(page + 1);
      reserve((end - first) * row.length);
      int count = 0;
      for (int node = first; node < end; node++) {
        int degree = Math.min(edges, graph.copy(order.row(node), row));
        for (int i = 0; i < degree; i++) {
          near[count++] = directory.page(order.node(row[i]));
        }
      }
      Arrays.sort(near, 0, count);
      int distinct = 0;
      for (int i = 0; i < count; i++) {
        if (near[i] != page && (distinct == 0 || near[distinct - 1] != near[i])) {
          near[distinct++] = near[i];
        }
      }
      return distinct;
    }

    private void reserve(int length) {
      if (length > near.length) {
        near = new int[length];
        distances = new float[length];
      }
    }
  }
}
