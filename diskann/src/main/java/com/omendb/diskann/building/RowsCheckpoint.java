package com.omendb.diskann.building;

import com.omendb.diskann.vamana.Touches;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.store.checkpoint.CheckpointReader;
import com.omendb.store.checkpoint.CheckpointWriter;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/// The order of [LocalRows] in a file: the row of the input that each vector is, an int. The
/// vectors themselves are copied from the input again.
final class RowsCheckpoint {
  private RowsCheckpoint() {}

  /// Bytes of the file.
  static long bytes(long count) {
    return count * Integer.BYTES;
  }

  /// Writes an order and records it.
  static void write(LocalRows rows, Checkpoints checkpoints) throws IOException {
    try (CheckpointWriter writer = new CheckpointWriter(checkpoints.file(Checkpoints.ORDER))) {
      for (int row = 0; row < rows.vectors().count(); row++) {
        writer.putInt((int) rows.inputRow(row));
      }
      checkpoints.finish(Checkpoints.ORDER, writer.finish(), Map.of());
    }
  }

  /// Brings an input into the order that was recorded, in memory of the arena.
  ///
  /// @param touches called before places of that memory are touched at random
  static LocalRows read(
      Checkpoints checkpoints, VectorSource input, Touches touches, Arena arena, Progress progress)
      throws IOException {
    int count = (int) input.count();
    MemorySegment inputRows = AlignedMemory.allocate(arena, bytes(count), 64);
    try (CheckpointReader reader = new CheckpointReader(checkpoints.file(Checkpoints.ORDER))) {
      for (int row = 0; row < count; row++) {
        inputRows.setAtIndex(NativeMemory.INT, row, reader.getIndex(count));
      }
    }
    return LocalRows.inOrder(input, inputRows, touches, arena, progress);
  }
}
