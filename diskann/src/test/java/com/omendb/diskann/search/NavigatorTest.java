package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.GroupMeans;
import com.omendb.diskann.layout.NodeGroups;
import com.omendb.diskann.layout.PageGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pq.CodeError;
import com.omendb.pq.product.DistanceTable;
import com.omendb.pq.product.PqOptions;
import com.omendb.pq.product.ProductQuantizer;
import com.omendb.store.SearchRequest;
import com.omendb.store.serving.QueryForm;
import com.omendb.store.serving.QueryVector;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.Space;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Navigators and the [CodeScorer] that they steer by. Invariants: an estimate is that of the table
/// without the mean error, whatever else is estimated with it; what a navigator lists is distinct,
/// has its estimate as key and was seen; from the medoid the graphs in memory lead to nearly all
/// nodes near the query.
class NavigatorTest {
  // Not a multiple of four, so that the last group is not full.
  private static final int COUNT = 1_901;
  private static final int DIMENSION = 24;
  private static final int QUERIES = 30;
  private static final int K = 10;
  private static final int CODE_BYTES = 12;

  /// The most nodes of a page.
  private static final int PAGE_NODES = 12;

  /// Vectors, their graph as it would be laid out, and codes in the order of its nodes.
  private static final class World {
    final VectorSource vectors;
    final VectorSource queries;
    final Metric metric;
    final Arena arena;
    final NodeSpace space;
    final VamanaGraph graph;
    final NodeOrder order;
    final CodesFile codes;
    final PageDirectory pages;
    final MemorySegment means;

    World(Metric metric, long seed, Arena arena) {
      this(metric, seed, 0, arena);
    }

    // The last `copies` vectors are copies of the first.
    World(Metric metric, long seed, int copies, Arena arena) {
      this.metric = metric;
      this.arena = arena;
      vectors = TestIndexes.clustered(COUNT, DIMENSION, ElementType.FLOAT32, seed, arena);
      for (int row = COUNT - copies; row < COUNT; row++) {
        MemorySegment.copy(
            vectors.segment(),
            vectors.offset(0),
            vectors.segment(),
            vectors.offset(row),
            vectors.vectorBytes());
      }
      queries = TestIndexes.queries(COUNT, DIMENSION, ElementType.FLOAT32, seed, QUERIES, arena);
      space = new NodeSpace(vectors, metric, arena);
      graph =
          VamanaBuilder.build(
              space, new VamanaOptions(24, 40, 1.2f, 1, seed), arena, "graph", Progress.NONE);
      order = BaseLayout.of(space, metric, graph, row -> row, arena, arena, Progress.NONE).order();
      ProductQuantizer quantizer =
          ProductQuantizer.train(
              vectors,
              PqOptions.of(CODE_BYTES).withThreads(1).withNormalize(metric == Metric.COSINE),
              Progress.NONE);
      codes = encode(quantizer);
      BitSet firstNodes = new BitSet(COUNT);
      for (int node = 0; node < COUNT; node += PAGE_NODES - node % 3) {
        firstNodes.set(node);
      }
      pages = PageDirectory.of(firstNodes, COUNT, arena);
      means = arena.allocate((long) pages.pageCount() * CODE_BYTES, 64);
      quantizer.encodeAll(
          GroupMeans.of(vectors, metric, order, NodeGroups.ofPages(pages), PageGraph.MEANS, arena),
          means,
          1,
          Progress.NONE);
    }

    private CodesFile encode(ProductQuantizer quantizer) {
      int bytes = CODE_BYTES;
      MemorySegment byRow = arena.allocate((long) COUNT * bytes, 64);
      quantizer.encodeAll(vectors, byRow, 1, Progress.NONE);
      MemorySegment byNode = arena.allocate((long) COUNT * bytes, 64);
      for (int node = 0; node < COUNT; node++) {
        MemorySegment.copy(
            byRow, (long) order.row(node) * bytes, byNode, (long) node * bytes, bytes);
      }
      return new CodesFile(quantizer, byNode, new CodeError(1, 0.5, 0.25, 0.125, 0.0625));
    }

    QueryVector query(int query) {
      return query(queries, query);
    }

    QueryVector query(VectorSource source, int row) {
      QueryForm form = new QueryForm(new Space(metric, ElementType.FLOAT32, DIMENSION));
      QueryVector vector = new QueryVector(form, arena);
      vector.set(SearchRequest.of(source, row, K));
      return vector;
    }

    // The nodes nearest to a query, by the definition of the distance.
    List<Integer> nearest(int query) {
      return IntStream.range(0, COUNT)
          .boxed()
          .sorted(
              Comparator.comparingDouble(
                  node -> TestRows.distance(metric, queries, query, vectors, order.row(node))))
          .limit(K)
          .toList();
    }
  }

  private static final Arena ARENA = Arena.ofShared();
  private static final Map<Metric, World> WORLDS = new EnumMap<>(Metric.class);

  // Building them is what takes time, so all tests look at the same.
  private static World world(Metric metric) {
    return WORLDS.computeIfAbsent(
        metric, m -> new World(m, Seeds.seed("NavigatorTest", 216), ARENA));
  }

  @AfterAll
  static void free() {
    WORLDS.clear();
    ARENA.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void estimatesAreThoseOfTheTableWithoutTheMeanError(Metric metric) {
    SplittableRandom random = Seeds.random("estimatesAreThoseOfTheTable", 216);
    try (Arena arena = Arena.ofShared()) {
      World world = world(metric);
      CodeScorer scorer = new CodeScorer(world.codes, metric, arena);
      DistanceTable table = (DistanceTable) world.codes.code().newDistances(arena);
      for (int query = 0; query < 5; query++) {
        QueryVector vector = world.query(query);
        scorer.prepare(vector);
        table.prepare(vector.source(), 0, metric);
        double norm = vector.norm();
        double offset =
            switch (metric) {
              case SQUARED_L2 -> 0.5;
              case COSINE -> 0.25;
              case INNER_PRODUCT -> 0.125 * norm;
            };
        int estimated = 0;
        for (int count : new int[] {0, 1, 7, 63, 64, 65, 200}) {
          int[] nodes = random.ints(count, 0, COUNT).toArray();
          float[] estimates = new float[count];
          scorer.estimate(nodes, count, estimates);
          estimated += count;
          assertEquals(estimated, scorer.estimateCount());
          for (int i = 0; i < count; i++) {
            float expected = table.distance(world.codes.codes(), nodes[i] * 12L);
            assertEquals(expected - offset, estimates[i], 1e-6 * Math.abs(expected) + 1e-6);
          }
        }
        // With half the squared residual, 0.5, the squared distances are 9 and 18.
        float distance = metric == Metric.COSINE ? 8.75f : 8.5f;
        double deviation =
            switch (metric) {
              case SQUARED_L2 -> 0.25 * 3;
              case COSINE -> 0.25 * 3 / Math.sqrt(2);
              case INNER_PRODUCT -> 0.0625 * norm;
            };
        assertEquals(deviation, scorer.deviation(distance), 1e-6 * deviation);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theGraphOfAllNodesLeadsToNearlyAllNearOnes(Metric metric) {
    World world = world(metric);
    assertLeads(world, graph(world), 0.95);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theGraphOfGroupsLeadsToNearlyAllNearOnes(Metric metric) {
    World world = world(metric);
    // Its list is short and its groups are means, so that some are left to the pages.
    assertLeads(world, groups(world), 0.8);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theGraphOfPagesLeadsToNearlyAllNearOnes(Metric metric) {
    World world = world(metric);
    assertLeads(world, pages(world), 0.9);
  }

  @Test
  void copiesForWhichTheListHasNoRoomCanStillBeFound() {
    try (Arena arena = Arena.ofShared()) {
      int copies = 400;
      long seed = Seeds.seed("copiesForWhichTheListHasNoRoomCanStillBeFound", 217);
      World world = new World(Metric.SQUARED_L2, seed, copies, arena);
      CodeScorer scorer = new CodeScorer(world.codes, world.metric, arena);
      QueryVector query = world.query(world.vectors, 0);
      scorer.prepare(query);
      SeenNodes seen = new SeenNodes(64);
      FoundNodes nodes = new FoundNodes();
      int listSize = 50;
      nodes.reset(listSize, null);
      int[] entries = {world.order.node(world.graph.medoid())};
      pages(world).navigate(scorer, entries, 1, seen, nodes, effort(listSize));
      Set<Integer> listed = assertSound(scorer, seen, nodes.all());
      int left = 0;
      for (int row = COUNT - copies; row < COUNT; row++) {
        int node = world.order.node(row);
        if (!listed.contains(node)) {
          assertTrue(seen.add(node), "node=" + node);
          left++;
        }
      }
      assertTrue(left >= copies - listSize, "left=" + left);
    }
  }

  private static Navigator pages(World world) {
    return new PageNavigator(
        PageGraph.of(
            world.vectors,
            world.metric,
            world.graph,
            world.order,
            world.pages,
            1,
            Progress.NONE,
            world.arena),
        world.means,
        world.pages,
        PAGE_NODES);
  }

  private static Navigator graph(World world) {
    return new Navigator.Graph(
        ThinGraph.of(world.space, world.graph, world.order, 1, Progress.NONE, world.arena));
  }

  private static Navigator groups(World world) {
    return new Navigator.Groups(
        GroupGraph.of(
            world.vectors, world.metric, world.graph, world.order, 1, Progress.NONE, world.arena),
        COUNT);
  }

  private static void assertLeads(World world, Navigator navigator, double floor) {
    CodeScorer scorer = new CodeScorer(world.codes, world.metric, world.arena);
    SeenNodes seen = new SeenNodes(64);
    FoundNodes nodes = new FoundNodes();
    int listSize = 150;
    int found = 0;
    int[] entries = {world.order.node(world.graph.medoid())};
    for (int query = 0; query < QUERIES; query++) {
      scorer.prepare(world.query(query));
      nodes.reset(listSize, null);
      seen.clear();
      int expanded = navigator.navigate(scorer, entries, 1, seen, nodes, effort(listSize));
      assertTrue(expanded > 1 && expanded <= scorer.estimateCount(), "expanded=" + expanded);
      // A coarse graph in memory is there to look at few of the nodes.
      assertTrue(scorer.estimateCount() < COUNT, "estimates=" + scorer.estimateCount());
      Set<Integer> listed = assertSound(scorer, seen, nodes.all());
      found += (int) world.nearest(query).stream().filter(listed::contains).count();
    }
    double recall = found / (double) (K * QUERIES);
    assertTrue(recall >= floor, "recall=" + recall);
  }

  private static QueryEffort effort(int listSize) {
    return new QueryEffort(K, listSize / 2, listSize, 8, 0, COUNT, false);
  }

  private static Set<Integer> assertSound(CodeScorer scorer, SeenNodes seen, OpenList list) {
    int[] nodes = IntStream.range(0, list.size()).map(list::node).toArray();
    float[] estimates = new float[nodes.length];
    scorer.estimate(nodes, nodes.length, estimates);
    Set<Integer> listed = new HashSet<>();
    for (int i = 0; i < nodes.length; i++) {
      assertTrue(nodes[i] >= 0 && nodes[i] < COUNT, "node=" + nodes[i]);
      assertTrue(listed.add(nodes[i]), "a node that comes twice: node=" + nodes[i]);
      assertEquals(estimates[i], list.key(i), "node=" + nodes[i]);
      assertFalse(list.isExact(i));
      assertFalse(seen.add(nodes[i]), "node=" + nodes[i]);
    }
    return listed;
  }

  @ParameterizedTest
  @ValueSource(strings = {"entries", "groups", "pages", "graph"})
  void everyEntryIsListedOnceHoweverOftenItIsGiven(String name) {
    try (Arena arena = Arena.ofShared()) {
      World world = world(Metric.SQUARED_L2);
      Navigator navigator =
          switch (name) {
            case "groups" -> groups(world);
            case "pages" -> pages(world);
            case "graph" ->
                new Navigator.Graph(
                    ThinGraph.of(world.space, world.graph, world.order, 1, Progress.NONE, arena));
            default -> new Navigator.Entries();
          };
      CodeScorer scorer = new CodeScorer(world.codes, world.metric, arena);
      SeenNodes seen = new SeenNodes(64);
      FoundNodes nodes = new FoundNodes();
      // Long enough to keep all; the last node is alone in its group.
      nodes.reset(COUNT, null);
      int[] entries = {5, 6, 5, COUNT - 1, 1_000, 7, COUNT - 1};
      scorer.prepare(world.query(1));
      int expanded =
          navigator.navigate(scorer, entries, entries.length, seen, nodes, effort(COUNT));
      assertEquals(name.equals("entries"), expanded == 0);
      Set<Integer> listed = assertSound(scorer, seen, nodes.all());
      for (int entry : entries) {
        assertTrue(listed.contains(entry), "entry=" + entry);
      }
    }
  }
}
