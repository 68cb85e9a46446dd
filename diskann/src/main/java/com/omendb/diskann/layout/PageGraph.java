package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;

/// A coarse graph in which the nodes of a page form a group, joined as [MeanGraph] says.
///
/// With the codes of the means it leads a search to the pages worth reading; both together take
/// little more than half of the memory of [GroupGraph]. A mean describes its page where the page
/// holds many vectors.
public final class PageGraph {
  /// The type of the means.
  public static final ElementType MEANS = ElementType.FLOAT32;

  private static final int MAX_DEGREE = 24;

  private PageGraph() {}

  /// The most native bytes that [#of] takes at its peak.
  public static long bytes(VectorShape vectors, long pageCount) {
    return MeanGraph.bytes(vectors, MEANS, pageCount, MAX_DEGREE);
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
    progress.phase("page graph", directory.pageCount());
    return MeanGraph.of(
        vectors,
        metric,
        graph,
        order,
        NodeGroups.ofPages(directory),
        MEANS,
        MAX_DEGREE,
        threads,
        progress,
        arena);
  }
}
