package com.omendb.diskann.search;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.PageView;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.store.Residency;
import com.omendb.store.serving.QueryForm;
import com.omendb.vectors.Space;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The parts of an open index that searches through its pages share. Immutable and thread-safe.
///
/// @param pagesPath the file of the pages, for messages
/// @param header sizes and settings of the base layer
/// @param space distance, type and dimension of the vectors
/// @param pageBytes bytes a page
/// @param directory which page holds a node
/// @param codes codes in memory
/// @param residency how much of the graph is in memory
/// @param graph that much of it; null for [Residency#PAGES]
/// @param means codes of the means of all pages if the graph goes over pages; else null
/// @param cache pages in memory
record BaseLayer(
    Path pagesPath,
    BasePageFormat.Header header,
    Space space,
    int pageBytes,
    PageDirectory directory,
    CodesFile codes,
    Residency residency,
    @Nullable NeighbourLists graph,
    @Nullable MemorySegment means,
    PageCache cache) {

  /// Nodes in the base layer.
  int nodeCount() {
    return (int) header.nodeCount();
  }

  /// The node from which all others can be reached.
  int medoid() {
    return (int) header.medoid();
  }

  /// What a query has to be.
  QueryForm queryForm() {
    return new QueryForm(space);
  }

  /// A view of pages for one thread.
  PageView newPageView() {
    return pageView(header, space.vectorBytes(), pageBytes);
  }

  /// A view of the pages of a base layer.
  static PageView pageView(BasePageFormat.Header header, int vectorBytes, int pageBytes) {
    int nodeCount = (int) header.nodeCount();
    return new PageView(
        pageBytes, vectorBytes, nodeCount, new NeighbourCodec(nodeCount, (int) header.baseBits()));
  }

  /// A navigator for one thread.
  Navigator newNavigator() {
    NeighbourLists lists = graph;
    if (lists == null) {
      return new Navigator.Entries();
    }
    if (residency != Residency.GROUPS) {
      return new Navigator.Graph(lists);
    }
    MemorySegment codes = means;
    return codes == null
        ? new Navigator.Groups(lists, nodeCount())
        : new PageNavigator(lists, codes, directory, PageView.maxRecordCount(pageBytes));
  }
}
