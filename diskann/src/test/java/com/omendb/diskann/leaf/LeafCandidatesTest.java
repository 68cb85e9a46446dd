package com.omendb.diskann.leaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.vamana.Fixtures;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/// Invariants: every node gets candidates; no node is its own.
class LeafCandidatesTest {

  @Test
  void everyNodeGetsCandidates() {
    try (Arena arena = Arena.ofShared()) {
      int count = 2_000;
      NodeSpace space =
          new NodeSpace(
              Fixtures.uniform(
                  Seeds.random("everyNodeGetsCandidates", 1), count, 20, ElementType.UINT8, arena),
              Metric.SQUARED_L2,
              arena);
      LeafOptions options = new LeafOptions(4, 200, 2, 50, 5, 2, 7);
      CellAssignment cells = CellAssignment.of(space, options, arena, Progress.NONE);
      BitSet served = new BitSet();
      LeafCandidates.run(space, cells, options, () -> new Served(served), Progress.NONE);
      assertEquals(count, served.cardinality());
    }
  }

  private record Served(BitSet nodes) implements CandidateSink {
    @Override
    public void add(int node, int[] candidates, float[] distances, int count) {
      assertTrue(count > 0);
      for (int i = 0; i < count; i++) {
        assertNotEquals(node, candidates[i]);
      }
      synchronized (nodes) {
        nodes.set(node);
      }
    }

    @Override
    public void close() {}
  }
}
