package com.omendb.diskann.building;

import com.omendb.store.checkpoint.CheckpointReader;
import com.omendb.store.checkpoint.CheckpointWriter;
import com.omendb.store.checkpoint.Checkpoints;
import java.io.IOException;
import java.util.Map;

/// [NearPairs] in a file: how many, then the row and the neighbour of each, ints.
final class PairsCheckpoint {
  private PairsCheckpoint() {}

  /// Writes pairs and records them.
  static void write(NearPairs pairs, Checkpoints checkpoints) throws IOException {
    try (CheckpointWriter writer = new CheckpointWriter(checkpoints.file(Checkpoints.PAIRS))) {
      long[] rows = pairs.rows();
      writer.putInt(rows.length);
      for (int i = 0; i < rows.length; i++) {
        writer.putInt((int) rows[i]);
        writer.putInt((int) pairs.neighbours()[i]);
      }
      checkpoints.finish(Checkpoints.PAIRS, writer.finish(), Map.of());
    }
  }

  /// Reads pairs that were recorded.
  ///
  /// @param count of all vectors
  static NearPairs read(Checkpoints checkpoints, int count) throws IOException {
    try (CheckpointReader reader = new CheckpointReader(checkpoints.file(Checkpoints.PAIRS))) {
      int pairs = reader.getIndex(NearPairs.MOST + 1);
      long[] rows = new long[pairs];
      long[] neighbours = new long[pairs];
      for (int i = 0; i < pairs; i++) {
        rows[i] = reader.getIndex(count);
        neighbours[i] = reader.getIndex(count);
      }
      return new NearPairs(rows, neighbours);
    }
  }
}
