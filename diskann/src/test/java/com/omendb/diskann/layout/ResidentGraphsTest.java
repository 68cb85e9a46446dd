package com.omendb.diskann.layout;

import static com.omendb.diskann.layout.GroupGraph.GROUP_NODES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The graphs that lie in memory: [ThinGraph], [GroupGraph] and [PageGraph]. Invariants: lists are
/// ascending, distinct, within the graph, without the vertex itself and no longer than they may be;
/// an edge of the thin graph is one of the whole graph, an edge of the others joins groups that an
/// edge of the whole graph joins; the nearest neighbour stays; the number of threads changes
/// nothing.
class ResidentGraphsTest {
  private static final int MAX_GROUP_DEGREE = 20;
  private static final int MAX_PAGE_DEGREE = 24;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, SQUARED_L2", "UINT8, SQUARED_L2", "INT8, SQUARED_L2",
    "FLOAT32, INNER_PRODUCT", "UINT8, COSINE", "INT8, INNER_PRODUCT"
  })
  void listsKeepToTheGraphTheyComeFrom(ElementType type, Metric metric) {
    SplittableRandom random = Seeds.random("listsKeepToTheGraphTheyComeFrom", 208);
    // Counts that leave a last group of one, two, three and four nodes, and a graph of one node.
    for (int count : new int[] {1, 2, 5, 66, 131, 400}) {
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, count, 6, type, arena);
        NodeSpace space = new NodeSpace(vectors, metric, arena);
        VamanaGraph graph = randomGraph(random, count, 64, arena);
        NodeOrder order = randomOrder(random, count, arena);
        NeighbourLists thin = ThinGraph.of(space, graph, order, 1, Progress.NONE, arena);
        assertSound(thin, count, ThinGraph.MAX_DEGREE);
        assertThin(thin, graph.adjacency(), order);
        NeighbourLists groups =
            GroupGraph.of(vectors, metric, graph, order, 1, Progress.NONE, arena);
        assertSound(groups, GroupGraph.groupCount(count), MAX_GROUP_DEGREE);
        assertGrouped(
            groups, NodeGroups.of(count, GROUP_NODES), MAX_GROUP_DEGREE, graph.adjacency(), order);
        PageDirectory pages = randomPages(random, count, 30, arena);
        NeighbourLists ofPages =
            PageGraph.of(vectors, metric, graph, order, pages, 1, Progress.NONE, arena);
        assertSound(ofPages, pages.pageCount(), MAX_PAGE_DEGREE);
        assertGrouped(
            ofPages, NodeGroups.ofPages(pages), MAX_PAGE_DEGREE, graph.adjacency(), order);
      }
    }
  }

  private static void assertSound(NeighbourLists lists, int vertexCount, int maxDegree) {
    assertEquals(vertexCount, lists.vertexCount());
    assertTrue(lists.largestDegree() <= maxDegree, "largestDegree=" + lists.largestDegree());
    for (int vertex = 0; vertex < vertexCount; vertex++) {
      int previous = -1;
      for (int near : list(lists, vertex)) {
        assertTrue(near > previous && near < vertexCount && near != vertex, "near=" + near);
        previous = near;
      }
    }
  }

  private static void assertThin(NeighbourLists thin, Adjacency graph, NodeOrder order) {
    int[] row = new int[graph.slots()];
    for (int node = 0; node < thin.vertexCount(); node++) {
      int degree = graph.copy(order.row(node), row);
      Set<Integer> whole = new HashSet<>();
      for (int i = 0; i < degree; i++) {
        whole.add(order.node(row[i]));
      }
      int[] kept = list(thin, node);
      // Places that stay free are filled, so a short list is kept whole.
      assertEquals(Math.min(degree, ThinGraph.MAX_DEGREE), kept.length);
      for (int near : kept) {
        assertTrue(whole.contains(near), "node=" + node + ", near=" + near);
      }
    }
  }

  private static void assertGrouped(
      NeighbourLists lists, NodeGroups groups, int maxDegree, Adjacency graph, NodeOrder order) {
    int[] row = new int[graph.slots()];
    for (int group = 0; group < lists.vertexCount(); group++) {
      Set<Integer> joined = new TreeSet<>();
      int end = groups.firstNode(group + 1);
      for (int node = groups.firstNode(group); node < end; node++) {
        int degree = graph.copy(order.row(node), row);
        for (int i = 0; i < degree; i++) {
          joined.add(groups.group(order.node(row[i])));
        }
      }
      joined.remove(group);
      int[] kept = list(lists, group);
      assertEquals(Math.min(joined.size(), maxDegree), kept.length);
      for (int near : kept) {
        assertTrue(joined.contains(near), "group=" + group + ", near=" + near);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theNearestNeighbourStays(Metric metric) {
    SplittableRandom random = Seeds.random("theNearestNeighbourStays", 209);
    int count = 300;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 8, ElementType.FLOAT32, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaGraph whole = randomGraph(random, count, 64, arena);
      Adjacency graph = whole.adjacency();
      NodeOrder order = randomOrder(random, count, arena);
      NeighbourLists thin = ThinGraph.of(space, whole, order, 1, Progress.NONE, arena);
      int[] row = new int[graph.slots()];
      for (int node = 0; node < count; node++) {
        int degree = graph.copy(order.row(node), row);
        int nearest = -1;
        for (int i = 0; i < degree; i++) {
          if (nearest < 0
              || space.distance(order.row(node), row[i])
                  < space.distance(order.row(node), row[nearest])) {
            nearest = i;
          }
        }
        if (nearest >= 0) {
          int kept = order.node(row[nearest]);
          assertTrue(Arrays.binarySearch(list(thin, node), kept) >= 0, "node=" + node);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theNumberOfThreadsChangesNothing(int threads) {
    long seed = Seeds.seed("theNumberOfThreadsChangesNothing", 210);
    int count = 2_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(count, 12, ElementType.UINT8, seed, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph =
          VamanaBuilder.build(
              space, new VamanaOptions(32, 40, 1.2f, 1, seed), arena, "graph", Progress.NONE);
      NodeOrder order = randomOrder(new SplittableRandom(seed), count, arena);
      assertSame(
          ThinGraph.of(space, graph, order, 1, Progress.NONE, arena),
          ThinGraph.of(space, graph, order, threads, Progress.NONE, arena));
      assertSame(
          GroupGraph.of(vectors, Metric.SQUARED_L2, graph, order, 1, Progress.NONE, arena),
          GroupGraph.of(vectors, Metric.SQUARED_L2, graph, order, threads, Progress.NONE, arena));
      PageDirectory pages = randomPages(new SplittableRandom(seed), count, 30, arena);
      assertSame(
          PageGraph.of(vectors, Metric.SQUARED_L2, graph, order, pages, 1, Progress.NONE, arena),
          PageGraph.of(
              vectors, Metric.SQUARED_L2, graph, order, pages, threads, Progress.NONE, arena));
    }
  }

  @Test
  void ofRowsInTheOrderOfAPruneTheFirstEdgesStay() {
    SplittableRandom random = Seeds.random("ofRowsInTheOrderOfAPruneTheFirstEdgesStay", 211);
    int count = 300;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 8, ElementType.FLOAT32, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph random64 = randomGraph(random, count, 64, arena);
      Adjacency graph = random64.adjacency();
      NodeOrder order = randomOrder(random, count, arena);
      VamanaGraph pruned = new VamanaGraph(graph, random64.medoid(), true);
      NeighbourLists thin = ThinGraph.of(space, pruned, order, 2, Progress.NONE, arena);
      int[] row = new int[graph.slots()];
      for (int node = 0; node < count; node++) {
        int kept = Math.min(ThinGraph.MAX_DEGREE, graph.copy(order.row(node), row));
        int[] expected = Arrays.stream(row, 0, kept).map(order::node).sorted().toArray();
        assertArrayEquals(expected, list(thin, node));
      }
      assertSound(
          GroupGraph.of(vectors, Metric.SQUARED_L2, pruned, order, 2, Progress.NONE, arena),
          GroupGraph.groupCount(count),
          MAX_GROUP_DEGREE);
    }
  }

  private static void assertSame(NeighbourLists expected, NeighbourLists actual) {
    assertEquals(expected.vertexCount(), actual.vertexCount());
    for (int vertex = 0; vertex < expected.vertexCount(); vertex++) {
      assertArrayEquals(list(expected, vertex), list(actual, vertex), "vertex=" + vertex);
    }
  }

  @Test
  void groupsAreCountedUpToTheLargestIndex() {
    assertEquals(1, GroupGraph.groupCount(1));
    assertEquals(1, GroupGraph.groupCount(4));
    assertEquals(2, GroupGraph.groupCount(5));
    assertEquals(1 << 29, GroupGraph.groupCount(Integer.MAX_VALUE));
  }

  private static int[] list(NeighbourLists lists, int vertex) {
    int[] near = new int[NeighbourCodec.MAX_DEGREE];
    return Arrays.copyOf(near, lists.copy(vertex, near));
  }

  private static VamanaGraph randomGraph(
      SplittableRandom random, int count, int maxDegree, Arena arena) {
    int[][] rows = new int[count][];
    for (int row = 0; row < count; row++) {
      int self = row;
      rows[row] =
          random
              .ints(0, count)
              .limit(random.nextInt(maxDegree + 1))
              .filter(other -> other != self)
              .distinct()
              .toArray();
    }
    return Fixtures.graph(rows, maxDegree, 0, arena);
  }

  private static PageDirectory randomPages(
      SplittableRandom random, int count, int maxRecords, Arena arena) {
    BitSet first = new BitSet(count);
    for (int node = 0; node < count; node += random.nextInt(1, maxRecords + 1)) {
      first.set(node);
    }
    return PageDirectory.of(first, count, arena);
  }

  private static NodeOrder randomOrder(SplittableRandom random, int count, Arena arena) {
    int[] rows = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int moved = rows[i];
      rows[i] = rows[other];
      rows[other] = moved;
    }
    return Fixtures.order(rows, arena);
  }
}
