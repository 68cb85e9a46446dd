package com.omendb.diskann.vamana;

import java.util.Arrays;

/// RobustPrune of the DiskANN paper (Subramanya et al., NeurIPS 2019, Algorithm 2): keeps, of a
/// node's candidate neighbours, at most R that lie in different directions.
///
/// Candidates are taken nearest first. One is occluded by a neighbour already chosen when it is
/// `alpha` times nearer to that neighbour than to the node:
///
/// ```
///        node ---------- candidate        d(node, candidate) > alpha * d(chosen, candidate)
///           \          /                  -> the edge node -> candidate is not needed
///            `chosen -'
/// ```
///
/// As in the authors' code, distances are squared, a first round applies alpha = 1 and a second
/// round adds what only the larger alpha admits. Owns the scratch of one thread; not thread-safe.
public final class RobustPrune {
  private final NodeSpace space;
  private final int maxDegree;
  private long[] keys = new long[512];
  private int[] nodes = new int[512];
  private float[] occlusion = new float[512];
  private int[] laterPositions = new int[512];
  private int[] laterNodes = new int[512];
  private float[] laterDistances = new float[512];
  private int count;

  /// Prunes to `maxDegree` (R) neighbours under the distances of `space`.
  public RobustPrune(NodeSpace space, int maxDegree) {
    this.space = space;
    this.maxDegree = maxDegree;
  }

  /// Forgets all candidates.
  public void clear() {
    count = 0;
  }

  /// Adds a candidate with its distance to the node that is pruned. A candidate may come twice.
  public void add(int node, float distance) {
    if (count == keys.length) {
      grow();
    }
    // Squared distances are not negative, so their bits order as ints do.
    keys[count++] = (long) Float.floatToRawIntBits(distance) << 32 | node;
  }

  /// Chooses the neighbours of `node` among the candidates added, into `result`, nearest first
  /// within each round; returns how many.
  ///
  /// @param fill whether places that stay free take the nearest of the occluded candidates
  public int prune(int node, float alpha, boolean fill, int[] result) {
    int candidates = sortDistinct(node);
    Arrays.fill(occlusion, 0, candidates, 0f);
    int chosen = choose(candidates, 1f, alpha, result, 0);
    if (alpha > 1f) {
      chosen = choose(candidates, alpha, alpha, result, chosen);
    }
    if (fill) {
      for (int i = 0; i < candidates && chosen < maxDegree; i++) {
        if (nodes[i] >= 0) {
          result[chosen++] = nodes[i];
        }
      }
    }
    return chosen;
  }

  // Sorts by distance, drops repetitions and the node itself; returns the number left.
  private int sortDistinct(int node) {
    Arrays.sort(keys, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      int candidate = (int) keys[i];
      if (candidate != node && (distinct == 0 || nodes[distinct - 1] != candidate)) {
        keys[distinct] = keys[i];
        nodes[distinct++] = candidate;
      }
    }
    return distinct;
  }

  // One round. A chosen candidate's node becomes -1 - node in `nodes`.
  private int choose(int candidates, float roundAlpha, float alpha, int[] result, int chosen) {
    for (int i = 0; i < candidates && chosen < maxDegree; i++) {
      int candidate = nodes[i];
      if (candidate < 0 || occlusion[i] > roundAlpha) {
        continue;
      }
      nodes[i] = -1 - candidate;
      result[chosen++] = candidate;
      if (chosen < maxDegree) {
        occlude(candidate, i + 1, candidates, alpha);
      }
    }
    return chosen;
  }

  // Raises the occlusion of every later candidate that some round might still choose.
  private void occlude(int chosen, int from, int candidates, float alpha) {
    int later = 0;
    for (int i = from; i < candidates; i++) {
      if (nodes[i] >= 0 && occlusion[i] <= alpha) {
        laterPositions[later] = i;
        laterNodes[later++] = nodes[i];
      }
    }
    space.distances(chosen, laterNodes, later, laterDistances);
    for (int j = 0; j < later; j++) {
      int i = laterPositions[j];
      float toNode = Float.intBitsToFloat((int) (keys[i] >>> 32));
      float toChosen = laterDistances[j];
      float factor = toChosen > 0f ? toNode / toChosen : Float.POSITIVE_INFINITY;
      if (factor > occlusion[i]) {
        occlusion[i] = factor;
      }
    }
  }

  private void grow() {
    int length = keys.length * 2;
    keys = Arrays.copyOf(keys, length);
    nodes = new int[length];
    occlusion = new float[length];
    laterPositions = new int[length];
    laterNodes = new int[length];
    laterDistances = new float[length];
  }
}
