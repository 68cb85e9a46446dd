package com.omendb.diskann.building;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.store.checkpoint.CheckpointReader;
import com.omendb.store.checkpoint.CheckpointWriter;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Map;

/// The place of every node in a file: the row of each node, an int; then a bit a node, set where it
/// should begin a page, in longs.
public final class LayoutCheckpoint {
  private LayoutCheckpoint() {}

  /// Bytes of the file.
  public static long bytes(long count) {
    return count * Integer.BYTES + words(count) * Long.BYTES;
  }

  private static long words(long count) {
    return (count + Long.SIZE - 1) / Long.SIZE;
  }

  /// Writes a layout and records it.
  public static void write(BaseLayout layout, int count, Checkpoints checkpoints)
      throws IOException {
    try (CheckpointWriter writer = new CheckpointWriter(checkpoints.file(Checkpoints.LAYOUT))) {
      for (int node = 0; node < count; node++) {
        writer.putInt(layout.order().row(node));
      }
      long[] starts = layout.pageStarts().toLongArray();
      for (int word = 0; word < words(count); word++) {
        writer.putLong(word < starts.length ? starts[word] : 0);
      }
      checkpoints.finish(Checkpoints.LAYOUT, writer.finish(), Map.of());
    }
  }

  /// Reads a layout that was recorded, into memory of the arena.
  public static BaseLayout read(Checkpoints checkpoints, int count, Arena arena)
      throws IOException {
    MemorySegment rows = AlignedMemory.allocate(arena, (long) count * Integer.BYTES, 64);
    long[] starts = new long[(int) words(count)];
    try (CheckpointReader reader = new CheckpointReader(checkpoints.file(Checkpoints.LAYOUT))) {
      for (int node = 0; node < count; node++) {
        rows.setAtIndex(NativeMemory.INT, node, reader.getIndex(count));
      }
      for (int word = 0; word < starts.length; word++) {
        starts[word] = reader.getLong();
      }
    }
    return new BaseLayout(new NodeOrder(rows, arena), BitSet.valueOf(starts));
  }
}
