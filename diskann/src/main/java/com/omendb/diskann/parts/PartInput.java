package com.omendb.diskann.parts;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Publication;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.UUID;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the parts of an index are made from. Rows are those of the vectors; nodes are rows in the
/// order of the pages.
///
/// @param publication where the files go
/// @param indexId of the index that is made
/// @param options as given by the user
/// @param arenas give memory for one part at a time
/// @param progress to report to
/// @param old parts of the index that is repaired
/// @param rows the vectors and their order; null where no maker needs them
/// @param graph the graph over the rows; null once it was given up
/// @param nearPairs near rows to measure codes by; null before the graph is done
public record PartInput(
    Publication publication,
    UUID indexId,
    BuildOptions options,
    Supplier<Arena> arenas,
    Progress progress,
    OldParts old,
    @Nullable Rows rows,
    @Nullable Graph graph,
    @Nullable NearPairs nearPairs) {

  /// Vectors in the order in which they were indexed.
  ///
  /// @param vectors the rows
  /// @param order which row each node is
  public record Rows(VectorSource vectors, NodeOrder order) {}

  /// The graph of a base layer, laid out.
  ///
  /// @param space the rows, for distances
  /// @param graph over the rows
  /// @param pageStarts nodes that should begin a page
  /// @param vectorIds the id that searches return for a row
  /// @param scratch memory for what is not needed afterwards
  public record Graph(
      NodeSpace space,
      VamanaGraph graph,
      BitSet pageStarts,
      IntToLongFunction vectorIds,
      Arena scratch) {}

  /// What is whole of an index under repair.
  public interface OldParts {
    /// Nothing: the index is new.
    OldParts NONE =
        new OldParts() {
          @Override
          public <T> @Nullable T open(GraphPart<T> part, Arena arena) {
            return null;
          }
        };

    /// Opens a part, if it is whole and can be used in the new index; else null.
    <T> @Nullable T open(GraphPart<T> part, Arena arena) throws IOException;

    /// First node of each page, if the new index keeps the pages; else null.
    default @Nullable BitSet firstNodes() {
      return null;
    }

    /// Nodes in these pages.
    default int nodeCount() {
      return 0;
    }
  }

  /// An input of a new index, without rows and graph.
  public static PartInput of(
      Publication publication,
      UUID indexId,
      BuildOptions options,
      Supplier<Arena> arenas,
      Progress progress) {
    return new PartInput(
        publication, indexId, options, arenas, progress, OldParts.NONE, null, null, null);
  }

  /// The same beside parts of the index that is repaired.
  public PartInput withOld(OldParts parts) {
    return new PartInput(
        publication, indexId, options, arenas, progress, parts, rows, graph, nearPairs);
  }

  /// The same with vectors.
  public PartInput withRows(VectorSource vectors, NodeOrder order) {
    return new PartInput(
        publication,
        indexId,
        options,
        arenas,
        progress,
        old,
        new Rows(vectors, order),
        graph,
        nearPairs);
  }

  /// The same with a graph.
  public PartInput withGraph(Graph laidOut) {
    return new PartInput(
        publication, indexId, options, arenas, progress, old, rows, laidOut, nearPairs);
  }

  /// The same without the graph, and with near rows.
  public PartInput withNearPairs(NearPairs pairs) {
    return new PartInput(publication, indexId, options, arenas, progress, old, rows, null, pairs);
  }

  /// Where the file of a part goes.
  public FileTarget file(IndexPart part) {
    return publication.file(part.name());
  }

  /// The rows.
  ///
  /// @throws IllegalStateException if there are none
  public VectorSource vectors() {
    return required(rows, "rows").vectors();
  }

  /// The order of the rows.
  ///
  /// @throws IllegalStateException if there are none
  public NodeOrder order() {
    return required(rows, "rows").order();
  }

  /// The graph.
  ///
  /// @throws IllegalStateException if there is none
  public Graph laidOutGraph() {
    return required(graph, "graph");
  }

  /// Near rows.
  ///
  /// @throws IllegalStateException if there are none
  public NearPairs pairs() {
    return required(nearPairs, "near pairs");
  }

  private static <T> T required(@Nullable T value, String name) {
    if (value == null) {
      throw new IllegalStateException("a part is made without: " + name);
    }
    return value;
  }
}
