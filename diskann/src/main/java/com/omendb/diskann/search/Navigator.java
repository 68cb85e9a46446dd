package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.vamana.CandidateList;

/// Brings a search from its entry nodes as near to the answer as what lies in memory allows, before
/// anything is read. Owns the scratch of one thread; not thread-safe.
interface Navigator {

  /// Adds the nodes that are found, and to `seen` all that were estimated, but for those that could
  /// still turn out to be nearer than what was found.
  ///
  /// @return nodes or groups whose neighbours were looked at
  int navigate(
      CodeScorer scorer,
      int[] entries,
      int entryCount,
      SeenNodes seen,
      FoundNodes found,
      QueryEffort effort);

  /// Takes the nearest unexpanded candidates, as many as there is room for in `nodes`, and marks
  /// them expanded; returns how many.
  static int takeNearest(CandidateList candidates, int[] nodes) {
    int count = 0;
    for (int at = candidates.nearestUnexpanded();
        at >= 0 && count < nodes.length;
        at = candidates.nearestUnexpanded()) {
      candidates.markExpanded(at);
      nodes[count++] = candidates.node(at);
    }
    return count;
  }

  /// Collects the neighbours of some vertices that were not seen yet, and marks them seen.
  ///
  /// @param near scratch for the longest list
  /// @param fresh receives them
  /// @return how many
  static int unseen(
      NeighbourLists graph, int[] vertices, int count, SeenNodes seen, int[] near, int[] fresh) {
    graph.touch(vertices, count);
    int freshCount = 0;
    for (int vertex = 0; vertex < count; vertex++) {
      int degree = graph.copy(vertices[vertex], near);
      for (int i = 0; i < degree; i++) {
        if (seen.add(near[i])) {
          fresh[freshCount++] = near[i];
        }
      }
    }
    return freshCount;
  }

  /// Knows nothing but the entries.
  final class Entries implements Navigator {
    private final float[] estimates = new float[64];

    @Override
    public int navigate(
        CodeScorer scorer,
        int[] entries,
        int entryCount,
        SeenNodes seen,
        FoundNodes found,
        QueryEffort effort) {
      scorer.estimate(entries, entryCount, estimates);
      for (int i = 0; i < entryCount; i++) {
        if (seen.add(entries[i])) {
          found.addEstimated(entries[i], estimates[i]);
        }
      }
      return 0;
    }
  }

  /// Best-first search over the [GroupGraph]: a group is as near as the nearest of its members.
  final class Groups implements Navigator {
    /// Length of the list of groups: what a longer one finds, the pages find as well.
    private static final int LIST_SIZE = 20;

    // Full blocks of codes cost the least.
    private static final int EXPANDED_TOGETHER = 2;

    private static final int MEMBERS = GroupGraph.GROUP_NODES;

    private final NeighbourLists graph;
    private final int nodeCount;
    private final CandidateList groups = new CandidateList(LIST_SIZE);
    private final int[] near;
    private final int[] together = new int[EXPANDED_TOGETHER];
    private final int[] both;
    private final int[] members;
    private final float[] estimates;

    Groups(NeighbourLists graph, int nodeCount) {
      this.graph = graph;
      this.nodeCount = nodeCount;
      this.near = new int[256];
      this.both = new int[EXPANDED_TOGETHER * near.length];
      this.members = new int[both.length * MEMBERS];
      this.estimates = new float[members.length];
    }

    @Override
    public int navigate(
        CodeScorer scorer,
        int[] entries,
        int entryCount,
        SeenNodes seen,
        FoundNodes found,
        QueryEffort effort) {
      groups.reset(LIST_SIZE);
      int expanded = 0;
      for (int i = 0; i < entryCount; i++) {
        both[i] = entries[i] / MEMBERS;
      }
      addGroups(scorer, entryCount, seen, found);
      for (int at = groups.nearestUnexpanded(); at >= 0; at = groups.nearestUnexpanded()) {
        int vertices = takeNearest(groups, together);
        expanded += vertices;
        graph.touch(together, vertices);
        int count = 0;
        for (int vertex = 0; vertex < vertices; vertex++) {
          int degree = graph.copy(together[vertex], near);
          System.arraycopy(near, 0, both, count, degree);
          count += degree;
        }
        addGroups(scorer, count, seen, found);
      }
      return expanded;
    }

    // Adds the groups in both[0..count) that are new, and their members to the list.
    private void addGroups(CodeScorer scorer, int count, SeenNodes seen, FoundNodes found) {
      int fresh = 0;
      int memberCount = 0;
      for (int i = 0; i < count; i++) {
        if (seen.addGroup(both[i])) {
          int end = Math.min(both[i] * MEMBERS + MEMBERS, nodeCount);
          for (int node = both[i] * MEMBERS; node < end; node++) {
            members[memberCount++] = node;
          }
          both[fresh++] = both[i];
        }
      }
      scorer.estimate(members, memberCount, estimates);
      int at = 0;
      for (int i = 0; i < fresh; i++) {
        float nearest = Float.POSITIVE_INFINITY;
        for (; at < memberCount && members[at] / MEMBERS == both[i]; at++) {
          found.addEstimated(members[at], estimates[at]);
          nearest = Math.min(nearest, estimates[at]);
        }
        groups.add(both[i], nearest);
      }
    }
  }

  /// Best-first search over the thin graph of all nodes.
  final class Graph implements Navigator {
    // Full blocks of codes cost the least: a node has some 16 neighbours that are new.
    private static final int EXPANDED_TOGETHER = 4;

    private final NeighbourLists graph;
    private final CandidateList candidates = new CandidateList(256);
    private final int[] near = new int[256];
    private final int[] together = new int[EXPANDED_TOGETHER];
    private final int[] freshNodes = new int[EXPANDED_TOGETHER * near.length];
    private final float[] estimates = new float[freshNodes.length];

    Graph(NeighbourLists graph) {
      this.graph = graph;
    }

    @Override
    public int navigate(
        CodeScorer scorer,
        int[] entries,
        int entryCount,
        SeenNodes seen,
        FoundNodes found,
        QueryEffort effort) {
      candidates.reset(effort.listSize());
      int expanded = 0;
      int entered = 0;
      for (int i = 0; i < entryCount; i++) {
        if (seen.add(entries[i])) {
          freshNodes[entered++] = entries[i];
        }
      }
      addFresh(scorer, entered, found);
      for (int at = candidates.nearestUnexpanded(); at >= 0; at = candidates.nearestUnexpanded()) {
        int count = takeNearest(candidates, together);
        expanded += count;
        addFresh(scorer, Navigator.unseen(graph, together, count, seen, near, freshNodes), found);
      }
      for (int i = 0; i < candidates.size(); i++) {
        found.all().addEstimated(candidates.node(i), candidates.distance(i));
      }
      return expanded;
    }

    private void addFresh(CodeScorer scorer, int count, FoundNodes found) {
      scorer.estimate(freshNodes, count, estimates);
      if (found.isFiltered()) {
        for (int i = 0; i < count; i++) {
          found.addAnswer(freshNodes[i], estimates[i]);
        }
      }
      for (int i = 0; i < count; i++) {
        candidates.add(freshNodes[i], estimates[i]);
      }
    }
  }
}
