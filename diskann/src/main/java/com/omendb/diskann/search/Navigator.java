package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSet;

/// Brings a search from its entry nodes as near to the answer as what lies in memory allows, before
/// anything is read. Owns the scratch of one thread; not thread-safe.
interface Navigator {

  /// Fills the list with the nodes found.
  void navigate(CodeScorer scorer, int[] entries, int entryCount, OpenList list, int listSize);

  /// Whether a node has been estimated by the last navigation, or was in its way.
  boolean hasSeen(int node);

  /// Nodes or groups whose neighbours the last navigation looked at.
  int expandedCount();

  /// Knows nothing but the entries.
  final class Entries implements Navigator {
    private final float[] estimates = new float[64];
    private int[] found = new int[0];
    private int foundCount;

    @Override
    public void navigate(
        CodeScorer scorer, int[] entries, int entryCount, OpenList list, int listSize) {
      scorer.estimate(entries, entryCount, estimates);
      for (int i = 0; i < entryCount; i++) {
        list.addEstimated(entries[i], estimates[i]);
      }
      found = entries;
      foundCount = entryCount;
    }

    @Override
    public boolean hasSeen(int node) {
      for (int i = 0; i < foundCount; i++) {
        if (found[i] == node) {
          return true;
        }
      }
      return false;
    }

    @Override
    public int expandedCount() {
      return 0;
    }
  }

  /// Best-first search over the [GroupGraph]: a group is as near as the nearest of its members.
  final class Groups implements Navigator {
    /// Length of the list of groups: what a longer one finds, the pages find as well.
    private static final int LIST_SIZE = 20;

    private static final int MEMBERS = GroupGraph.GROUP_NODES;

    private final NeighbourLists graph;
    private final int nodeCount;
    private final CandidateList groups = new CandidateList(LIST_SIZE);
    private final NodeSet seen = new NodeSet(1024);
    private final int[] near;
    private final int[] members;
    private final float[] estimates;
    private int expanded;

    Groups(NeighbourLists graph, int nodeCount) {
      this.graph = graph;
      this.nodeCount = nodeCount;
      this.near = new int[256];
      this.members = new int[near.length * MEMBERS];
      this.estimates = new float[members.length];
    }

    @Override
    public void navigate(
        CodeScorer scorer, int[] entries, int entryCount, OpenList list, int listSize) {
      groups.reset(LIST_SIZE);
      seen.clear();
      expanded = 0;
      for (int i = 0; i < entryCount; i++) {
        near[i] = entries[i] / MEMBERS;
      }
      addGroups(scorer, entryCount, list);
      for (int at = groups.nearestUnexpanded(); at >= 0; at = groups.nearestUnexpanded()) {
        groups.markExpanded(at);
        expanded++;
        addGroups(scorer, graph.copy(groups.node(at), near), list);
      }
    }

    // Adds the groups in near[0..count) that are new, and their members to the list.
    private void addGroups(CodeScorer scorer, int count, OpenList list) {
      int fresh = 0;
      int memberCount = 0;
      for (int i = 0; i < count; i++) {
        if (seen.add(near[i])) {
          int end = Math.min(near[i] * MEMBERS + MEMBERS, nodeCount);
          for (int node = near[i] * MEMBERS; node < end; node++) {
            members[memberCount++] = node;
          }
          near[fresh++] = near[i];
        }
      }
      scorer.estimate(members, memberCount, estimates);
      int at = 0;
      for (int i = 0; i < fresh; i++) {
        float nearest = Float.POSITIVE_INFINITY;
        for (; at < memberCount && members[at] / MEMBERS == near[i]; at++) {
          list.addEstimated(members[at], estimates[at]);
          nearest = Math.min(nearest, estimates[at]);
        }
        groups.add(near[i], nearest);
      }
    }

    @Override
    public boolean hasSeen(int node) {
      return seen.contains(node / MEMBERS);
    }

    @Override
    public int expandedCount() {
      return expanded;
    }
  }

  /// Best-first search over the thin graph of all nodes.
  final class Graph implements Navigator {
    private final NeighbourLists graph;
    private final CandidateList candidates = new CandidateList(256);
    private final NodeSet seen = new NodeSet(4096);
    private final int[] near = new int[256];
    private final float[] estimates = new float[near.length];
    private int expanded;

    Graph(NeighbourLists graph) {
      this.graph = graph;
    }

    @Override
    public void navigate(
        CodeScorer scorer, int[] entries, int entryCount, OpenList list, int listSize) {
      candidates.reset(listSize);
      seen.clear();
      expanded = 0;
      System.arraycopy(entries, 0, near, 0, entryCount);
      addFresh(scorer, entryCount);
      for (int at = candidates.nearestUnexpanded(); at >= 0; at = candidates.nearestUnexpanded()) {
        candidates.markExpanded(at);
        expanded++;
        addFresh(scorer, graph.copy(candidates.node(at), near));
      }
      for (int i = 0; i < candidates.size(); i++) {
        list.addEstimated(candidates.node(i), candidates.distance(i));
      }
    }

    private void addFresh(CodeScorer scorer, int count) {
      int fresh = 0;
      for (int i = 0; i < count; i++) {
        if (seen.add(near[i])) {
          near[fresh++] = near[i];
        }
      }
      scorer.estimate(near, fresh, estimates);
      for (int i = 0; i < fresh; i++) {
        candidates.add(near[i], estimates[i]);
      }
    }

    @Override
    public boolean hasSeen(int node) {
      return seen.contains(node);
    }

    @Override
    public int expandedCount() {
      return expanded;
    }
  }
}
