package com.omendb.diskann.leaf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: every part of the graph has a node in the skeleton, and however many parts there
/// are, a skeleton takes no more memory than was planned.
class SkeletonTest {
  private static final int CLUSTER = 4;

  @TempDir private Path directory;

  @Test
  void aGraphOfSmallPartsTakesNoMoreMemoryThanWasPlanned() {
    SplittableRandom random = Seeds.random("aGraphOfSmallPartsTakesNoMoreMemoryThanWasPlanned", 71);
    int count = 4_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 16, ElementType.FLOAT32, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      Adjacency graph = new Adjacency(arena, count, 32, 32);
      for (int node = 0; node < count; node++) {
        int first = node - node % CLUSTER;
        graph.lock(node);
        for (int other = first; other < first + CLUSTER; other++) {
          if (other != node) {
            graph.append(node, other);
          }
        }
        graph.unlock(node);
      }
      CountingMemory memory = new CountingMemory();
      Skeleton skeleton =
          Skeleton.build(
              space,
              graph,
              0,
              _ -> false,
              new VamanaOptions(64, 100, 1.2f, 1, 5),
              new LeafScratch(1 << 20, 0, directory, () -> memory.count(Arena.ofShared())),
              memory.count(arena),
              "graph",
              Progress.NONE);
      assertTrue(skeleton.coversClusters());
      boolean[] covered = new boolean[count / CLUSTER];
      for (int position = 0; position < skeleton.size(); position++) {
        covered[skeleton.node(position) / CLUSTER] = true;
      }
      for (int cluster = 0; cluster < covered.length; cluster++) {
        assertTrue(covered[cluster], "cluster=" + cluster);
      }
      long planned = Skeleton.bytes(count, vectors.vectorBytes(), Metric.SQUARED_L2);
      assertTrue(memory.peak <= planned, "peak=" + memory.peak + ", planned=" + planned);
      assertTrue(memory.peak >= planned / 2, "peak=" + memory.peak + ", planned=" + planned);
    }
  }

  /// Counts what arenas allocate until they are closed.
  private static final class CountingMemory {
    private long used;
    private long peak;

    Arena count(Arena of) {
      return new Arena() {
        private long own;

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
          own += byteSize;
          used += byteSize;
          peak = Math.max(peak, used);
          return of.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
          return of.scope();
        }

        @Override
        public void close() {
          used -= own;
          of.close();
        }
      };
    }
  }
}
