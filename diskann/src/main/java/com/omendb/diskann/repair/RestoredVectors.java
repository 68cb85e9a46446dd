package com.omendb.diskann.repair;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeInserter;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Lost vectors that a source brings back: they are the last rows, and are inserted into the graph
/// of the others.
final class RestoredVectors {
  // Few rows are enough to recognize the source of another index.
  private static final int COMPARED_ROWS = 2_000;
  private static final float TOLERANCE = 1e-5f;
  private static final int PASSES = 2;

  private RestoredVectors() {}

  /// Refuses a source that cannot be the vectors of an index.
  ///
  /// @param idRange ids are in `0..idRange-1`
  static void requireShape(VectorSource source, IndexFacts facts, int idRange) {
    if (source.dimension() != facts.dimension()
        || source.elementType() != facts.elementType()
        || source.count() != idRange) {
      throw new IllegalArgumentException(
          "the source is not what the index was built from: its count="
              + source.count()
              + ", dimension="
              + source.dimension()
              + ", elementType="
              + source.elementType().label()
              + "; the index's count="
              + idRange
              + ", dimension="
              + facts.dimension()
              + ", elementType="
              + facts.elementType().label());
    }
  }

  /// Refuses a source whose rows differ from records that are left.
  ///
  /// @param vectors of the records
  /// @param ids of the records, a long a row
  static void requireSame(
      VectorSource source, IndexFacts facts, MemorySegment vectors, MemorySegment ids, int rows) {
    boolean unitLength = UnitLength.applies(facts.metric(), facts.elementType());
    int bytes = facts.vectorBytes();
    MemorySegment scratch = MemorySegment.ofArray(new byte[bytes]);
    int step = Math.max(1, rows / COMPARED_ROWS);
    for (long row = 0; row < rows; row += step) {
      long id = ids.getAtIndex(NativeMemory.LONG, row);
      MemorySegment.copy(source.segment(), source.offset(id), scratch, 0, bytes);
      MemorySegment record = vectors.asSlice(row * bytes, bytes);
      boolean same =
          unitLength ? isSameDirection(scratch, record, facts) : scratch.mismatch(record) < 0;
      if (!same) {
        throw new IllegalArgumentException(
            "the source is not what the index was built from: it differs from the record of"
                + " vectorId="
                + id);
      }
    }
  }

  private static boolean isSameDirection(
      MemorySegment source, MemorySegment record, IndexFacts facts) {
    UnitLength.normalize(source, facts.dimension());
    for (long at = 0; at < record.byteSize(); at += Float.BYTES) {
      float difference = source.get(NativeMemory.FLOAT, at) - record.get(NativeMemory.FLOAT, at);
      if (!(Math.abs(difference) <= TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  /// Copies lost vectors behind those that are left.
  ///
  /// @param firstRow row of the first
  static void copy(
      VectorSource source,
      BitSet lostIds,
      IndexFacts facts,
      MemorySegment vectors,
      MemorySegment ids,
      int firstRow) {
    boolean unitLength = UnitLength.applies(facts.metric(), facts.elementType());
    int bytes = facts.vectorBytes();
    long row = firstRow;
    for (int id = lostIds.nextSetBit(0); id >= 0; id = lostIds.nextSetBit(id + 1)) {
      MemorySegment.copy(source.segment(), source.offset(id), vectors, row * bytes, bytes);
      if (unitLength) {
        UnitLength.normalize(vectors.asSlice(row * bytes, bytes), facts.dimension());
      }
      ids.setAtIndex(NativeMemory.LONG, row++, id);
    }
  }

  /// Inserts rows into a graph, all of them twice: those of a page were near each other, and the
  /// first ones do not find the later ones.
  static void insert(
      NodeSpace space,
      Adjacency graph,
      int medoid,
      int firstRow,
      BuildOptions options,
      Progress progress) {
    int count = graph.nodeCount() - firstRow;
    for (int pass = 1; pass <= PASSES; pass++) {
      progress.phase("insert restored vectors, pass " + pass, count);
      Workers.forEach(
          count,
          options.threads(),
          () -> {
            NodeInserter inserter =
                new NodeInserter(
                    space,
                    graph,
                    medoid,
                    options.tuning().alpha(),
                    true,
                    options.tuning().buildListSize());
            return (from, to) -> {
              for (long i = from; i < to; i++) {
                inserter.insert((int) (firstRow + i));
              }
              progress.advance(to - from);
            };
          });
    }
    progress.phase("cap degrees", graph.nodeCount());
    Workers.forEach(
        graph.nodeCount(),
        options.threads(),
        () -> {
          NodeInserter inserter =
              new NodeInserter(
                  space,
                  graph,
                  medoid,
                  options.tuning().alpha(),
                  true,
                  options.tuning().buildListSize());
          return (from, to) -> {
            for (long row = from; row < to; row++) {
              inserter.cap((int) row);
            }
            progress.advance(to - from);
          };
        });
  }
}
