package com.omendb.diskann.building;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.store.checkpoint.CheckpointReader;
import com.omendb.store.checkpoint.CheckpointWriter;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/// A finished graph in a file: for each row its degree and its neighbours, ints, in their order.
public final class GraphCheckpoint {
  private static final int PROGRESS_STEP = 1024;
  private static final String MEDOID = "medoid";
  private static final String PRUNE_ORDER = "inPruneOrder";

  private GraphCheckpoint() {}

  /// The most bytes that the file takes.
  public static long bytes(long count, int maxDegree) {
    return count * (maxDegree + 1L) * Integer.BYTES;
  }

  /// Writes a graph and records it.
  public static void write(VamanaGraph graph, Checkpoints checkpoints, Progress progress)
      throws IOException {
    Adjacency rows = graph.adjacency();
    progress.phase("keep graph", rows.nodeCount());
    int[] row = new int[rows.slots()];
    try (CheckpointWriter writer = new CheckpointWriter(checkpoints.file(Checkpoints.GRAPH))) {
      for (int node = 0; node < rows.nodeCount(); node++) {
        int degree = rows.copy(node, row);
        writer.putInt(degree);
        for (int i = 0; i < degree; i++) {
          writer.putInt(row[i]);
        }
        report(node + 1, rows.nodeCount(), progress);
      }
      checkpoints.finish(
          Checkpoints.GRAPH,
          writer.finish(),
          Map.of(
              MEDOID,
              String.valueOf(graph.medoid()),
              PRUNE_ORDER,
              String.valueOf(graph.inPruneOrder())));
    }
  }

  /// Reads a graph that was recorded, into memory of the arena.
  ///
  /// @param space of its nodes
  public static VamanaGraph read(
      Checkpoints checkpoints, NodeSpace space, int maxDegree, Arena arena, Progress progress)
      throws IOException {
    int count = space.count();
    progress.phase("read graph", count);
    FileTarget file = checkpoints.file(Checkpoints.GRAPH);
    Adjacency rows = new Adjacency(arena, count, maxDegree, maxDegree, space.touches());
    int[] row = new int[maxDegree];
    try (CheckpointReader reader = new CheckpointReader(file)) {
      for (int node = 0; node < count; node++) {
        int degree = reader.getIndex(maxDegree + 1);
        for (int i = 0; i < degree; i++) {
          row[i] = reader.getIndex(count);
        }
        rows.lock(node);
        rows.set(node, row, degree);
        rows.unlock(node);
        report(node + 1, count, progress);
      }
    }
    SortedMap<String, String> values = checkpoints.get(Checkpoints.GRAPH).values();
    return new VamanaGraph(
        rows,
        medoid(values.getOrDefault(MEDOID, ""), count, file.path()),
        Boolean.parseBoolean(values.get(PRUNE_ORDER)));
  }

  private static int medoid(String value, int count, Path path) throws CorruptFileException {
    try {
      int medoid = Integer.parseInt(value);
      if (medoid >= 0 && medoid < count) {
        return medoid;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw new CorruptFileException("no such medoid", path, 0, "0 to " + (count - 1), value);
  }

  private static void report(int done, int count, Progress progress) {
    if (done % PROGRESS_STEP == 0) {
      progress.advance(PROGRESS_STEP);
    } else if (done == count) {
      progress.advance(count % PROGRESS_STEP);
    }
  }
}
