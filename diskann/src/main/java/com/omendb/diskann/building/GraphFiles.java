package com.omendb.diskann.building;

import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.BasePagesWriter;
import com.omendb.diskann.pages.NodeOrder;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.pq.CodeError;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/// Writes the files of every kind of index over vectors and a finished graph of them, each by
/// itself, into a publication. Rows are those of the vectors; nodes are rows in the order of the
/// pages.
public final class GraphFiles {
  private final Publication publication;
  private final UUID indexId;
  private final VectorSource vectors;
  private final BuildOptions options;
  private final Supplier<Arena> arenas;
  private final Progress progress;

  /// A writer of the files of one index.
  ///
  /// @param vectors the rows
  /// @param arenas gives memory for one file at a time
  public GraphFiles(
      Publication publication,
      UUID indexId,
      VectorSource vectors,
      BuildOptions options,
      Supplier<Arena> arenas,
      Progress progress) {
    this.publication = publication;
    this.indexId = indexId;
    this.vectors = vectors;
    this.options = options;
    this.arenas = arenas;
    this.progress = progress;
  }

  /// Lays out a graph, then writes the pages, their directory and the graphs that searches keep in
  /// memory.
  ///
  /// @param vectorIds the id that searches return for a row
  /// @param scratch for what is not needed afterwards
  /// @param kept holds the order
  /// @return which row each node is
  public NodeOrder writeBaseLayer(
      NodeSpace space, VamanaGraph graph, IntToLongFunction vectorIds, Arena scratch, Arena kept)
      throws IOException {
    BaseLayout layout =
        BaseLayout.of(space, options.metric(), graph, vectorIds, scratch, kept, progress);
    NodeOrder order = layout.order();
    writePages(graph, layout, vectorIds, scratch);
    writeThinGraph(space, graph, order);
    writeGroupGraph(graph, order);
    return order;
  }

  /// Writes the pages and their directory.
  ///
  /// @param vectorIds the id that searches return for a row
  public void writePages(
      VamanaGraph graph, BaseLayout layout, IntToLongFunction vectorIds, Arena scratch)
      throws IOException {
    PageDirectory pages =
        new BasePagesWriter(
                vectors, options.metric(), graph, layout.order(), layout.pageStarts(), vectorIds)
            .write(publication.file(BasePageFormat.FILE), indexId, scratch, progress);
    pages.write(publication.file(PageDirectory.FILE), indexId);
  }

  /// Writes the graph over all nodes with fewer edges.
  public void writeThinGraph(NodeSpace space, VamanaGraph graph, NodeOrder order)
      throws IOException {
    try (Arena arena = arenas.get()) {
      ThinGraph.of(space, graph, order, options.threads(), progress, arena)
          .write(publication.file(ThinGraph.FILE), indexId);
    }
  }

  /// Writes the graph over groups of nodes.
  public void writeGroupGraph(VamanaGraph graph, NodeOrder order) throws IOException {
    try (Arena arena = arenas.get()) {
      GroupGraph.of(vectors, options.metric(), graph, order, options.threads(), progress, arena)
          .write(publication.file(GroupGraph.FILE), indexId);
    }
  }

  /// Trains a quantizer and writes it with the codes of all nodes.
  public void writeCodes(int subspaceCount, NodeOrder order, NearPairs nearPairs)
      throws IOException {
    writeCodes(
        ProductQuantizer.train(
            vectors, BuildPlan.pqOptions(options, subspaceCount), sized(subspaceCount)),
        order,
        nearPairs);
  }

  /// Writes a quantizer with the codes of all nodes and the error of these.
  public void writeCodes(ProductQuantizer quantizer, NodeOrder order, NearPairs nearPairs)
      throws IOException {
    int subspaceCount = quantizer.subspaceCount();
    try (Arena arena = arenas.get()) {
      MemorySegment byRow = encode(quantizer, arena);
      CodeError error =
          quantizer.estimateError(
              vectors, nearPairs.rows(), vectors, nearPairs.neighbours(), byRow);
      new CodesFile(quantizer, inOrder(byRow, order, subspaceCount, arena), error)
          .write(
              publication.file(CodesFile.codesName(subspaceCount)),
              publication.file(CodesFile.codebookName(subspaceCount)),
              indexId);
    }
  }

  /// Writes the codes of all nodes by a quantizer whose codebook is among the files already.
  public void writeCodesAlone(ProductQuantizer quantizer, NodeOrder order) throws IOException {
    int subspaceCount = quantizer.subspaceCount();
    try (Arena arena = arenas.get()) {
      MemorySegment codes = inOrder(encode(quantizer, arena), order, subspaceCount, arena);
      CodesFile.writeCodes(
          codes, subspaceCount, publication.file(CodesFile.codesName(subspaceCount)), indexId);
    }
  }

  private MemorySegment encode(ProductQuantizer quantizer, Arena arena) {
    int subspaceCount = quantizer.subspaceCount();
    MemorySegment byRow = AlignedMemory.allocate(arena, vectors.count() * subspaceCount, 64);
    quantizer.encodeAll(vectors, byRow, options.threads(), sized(subspaceCount));
    return byRow;
  }

  private MemorySegment inOrder(
      MemorySegment byRow, NodeOrder order, int subspaceCount, Arena arena) {
    MemorySegment codes = AlignedMemory.allocate(arena, byRow.byteSize(), 64);
    for (int row = 0; row < vectors.count(); row++) {
      MemorySegment.copy(
          byRow,
          (long) row * subspaceCount,
          codes,
          (long) order.node(row) * subspaceCount,
          subspaceCount);
    }
    return codes;
  }

  private Progress sized(int subspaceCount) {
    return new SuffixedProgress(progress, ", " + subspaceCount + " bytes");
  }
}
