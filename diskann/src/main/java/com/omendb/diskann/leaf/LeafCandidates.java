package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.Progress;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Finds candidate edges: the nearest others of every node in each of its leaves.
///
/// Workers take cells from a shared counter. Which sink gets the candidates of a leaf depends on
/// the threads; the candidates do not.
public final class LeafCandidates {
  private LeafCandidates() {}

  /// Hands the candidates of all nodes to sinks, of which each worker gets its own. Returns when
  /// all are handed over and every sink is closed.
  ///
  /// @param space the nodes that `cells` was made of
  /// @param options those that `cells` was made with
  /// @param newSink called on each worker
  public static void run(
      NodeSpace space,
      CellAssignment cells,
      LeafOptions options,
      Supplier<? extends CandidateSink> newSink,
      Progress progress) {
    progress.phase("compare within leaves", cells.cells());
    int maxMembers = options.blockMembers(space.count());
    List<CandidateSink> sinks = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      Workers.forEach(
          cells.cells(),
          1,
          options.threads(),
          () -> {
            CandidateSink sink = newSink.get();
            synchronized (sinks) {
              sinks.add(sink);
            }
            CellWorker worker = new CellWorker(cells, maxMembers, options, sink, arena);
            return (from, to) -> {
              for (long cell = from; cell < to; cell++) {
                worker.handle((int) cell);
                progress.advance(1);
              }
            };
          });
    } finally {
      sinks.forEach(CandidateSink::close);
    }
  }

  /// Native bytes that [#run] needs beside the cells and the sinks.
  public static long bytes(long count, int pointDimension, LeafOptions options) {
    int pairs = PointCodes.pairs(pointDimension);
    int maxMembers = options.blockMembers(count);
    return options.threads()
        * (Rows.bytes(maxMembers, pairs)
            + CellSplitter.bytes(DistanceKernels.denseBlocks(), pairs, maxMembers, options));
  }

  /// Handles cells on one thread.
  private static final class CellWorker {
    private final CellAssignment cells;
    private final LeafOptions options;
    private final Centring centring;
    private final Rows rows;
    private final CellSplitter splitter;
    private final int[] members;

    CellWorker(
        CellAssignment cells,
        int maxMembers,
        LeafOptions options,
        CandidateSink sink,
        Arena arena) {
      DenseBlockKernel kernel = DistanceKernels.denseBlocks();
      PointCodes codes = cells.codes();
      this.cells = cells;
      this.options = options;
      this.centring = new Centring(codes, kernel, arena);
      this.rows = new Rows(maxMembers, codes.pairs(), arena);
      this.splitter = new CellSplitter(kernel, codes.pairs(), maxMembers, options, sink, arena);
      this.members = new int[maxMembers];
    }

    /// A cell larger than the room for one is handled in the fewest equal parts.
    void handle(int cell) {
      int size = cells.size(cell);
      int parts = Math.ceilDiv(size, members.length);
      for (int part = 0; part < parts; part++) {
        int from = (int) ((long) size * part / parts);
        int count = (int) ((long) size * (part + 1) / parts) - from;
        cells.copyMembers(cell, from, count, members, 0);
        if (count == 1) {
          count += borrow(cell);
        }
        if (count > 1) {
          compare(cell, count);
        }
      }
    }

    /// Gives a lonely member the first other one of the next cell that has any, so that no node is
    /// left without candidates.
    private int borrow(int cell) {
      for (int i = 1; i < cells.cells(); i++) {
        int other = (cell + i) % cells.cells();
        for (int member = 0; member < Math.min(2, cells.size(other)); member++) {
          cells.copyMembers(other, member, 1, members, 1);
          if (members[1] != members[0]) {
            return 1;
          }
        }
      }
      return 0;
    }

    private void compare(int cell, int count) {
      centring.fit(members, count);
      rows.fill(centring, members, 0, count);
      splitter.split(rows, members, count, centring.distanceUnit(), options.seed() + cell);
    }
  }
}
