package com.omendb.diskann.repair;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Records in memory: vectors, vectorIds and edges of rows.
///
/// @param vectorMemory the vectors, one behind another
/// @param idMemory the vectorIds, a long a row
/// @param graph the edges
/// @param rowCount rows
record LoadedRecords(
    MemorySegment vectorMemory, MemorySegment idMemory, Adjacency graph, int rowCount) {

  /// Room for records.
  ///
  /// @param slots edges that a row may have at any moment
  /// @param kept holds vectors and ids
  /// @param scratch holds the graph
  static LoadedRecords allocate(
      IndexFacts facts, int rowCount, int maxDegree, int slots, Arena kept, Arena scratch) {
    return new LoadedRecords(
        AlignedMemory.allocate(kept, (long) rowCount * facts.vectorBytes(), 64),
        AlignedMemory.allocate(kept, (long) rowCount * Long.BYTES, 64),
        new Adjacency(scratch, rowCount, maxDegree, slots),
        rowCount);
  }

  /// Native bytes of what is held a row beside vector and edges.
  static long bytesBeside(long rowCount) {
    return rowCount * Long.BYTES + RowNumbers.bytes(rowCount);
  }

  /// The vectors of all rows.
  VectorSource vectors(IndexFacts facts) {
    return VectorSource.dense(vectorMemory, rowCount, facts.dimension(), facts.elementType());
  }

  /// The vectorId of a row.
  long vectorId(int row) {
    return idMemory.getAtIndex(NativeMemory.LONG, row);
  }
}
