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
  // What is known of a candidate: not occluded, by alpha = 1 only (the second round may choose it),
  // by the larger alpha, or chosen.
  private static final byte FREE = 0;
  private static final byte DEFERRED = 1;
  private static final byte OCCLUDED = 2;
  private static final byte CHOSEN = 3;

  private final int maxDegree;
  private final PackedNodes packed;
  private long[] keys = new long[512];
  private int[] nodes = new int[512];
  private float[] toNode = new float[512];
  private byte[] states = new byte[512];
  private int[] order = new int[512];
  private int[] alive = new int[512];
  private int[] deferred = new int[512];
  private int[] scratch = new int[512];
  private float[] toChosen = new float[512];
  private final float[] resultDistances;
  private int count;
  private int chosenInFirstRound;
  private int chosenInRounds;

  /// Prunes to `maxDegree` (R) neighbours under the distances of `space`.
  public RobustPrune(NodeSpace space, int maxDegree) {
    this.maxDegree = maxDegree;
    this.packed = new PackedNodes(space);
    this.resultDistances = new float[maxDegree];
  }

  /// Forgets all candidates.
  public void clear() {
    count = 0;
  }

  /// Adds a candidate with its distance to the node that is pruned. A candidate may come twice.
  public void add(int node, float distance) {
    ensure(count + 1);
    // Squared distances are not negative, so their bits order as ints do.
    keys[count++] = (long) Float.floatToRawIntBits(distance) << 32 | node;
  }

  /// Chooses the neighbours of `node` among the candidates added, into `result`, nearest first
  /// within each round; returns how many.
  ///
  /// @param fill whether places that stay free take the nearest of the occluded candidates
  public int prune(int node, float alpha, boolean fill, int[] result) {
    int candidates = sortDistinct(node);
    packed.load(nodes, candidates);
    for (int i = 0; i < candidates; i++) {
      order[i] = i;
    }
    return choose(candidates, alpha, fill, maxDegree, result);
  }

  /// Chooses the neighbours of `node` among the first `candidates` of an array, as [#prune] does,
  /// but finds out their distances itself. What was added is forgotten.
  ///
  /// @param distinct nodes, none of them twice, `node` not among them
  /// @param limit the most to choose, at most maxDegree
  public int pruneDistinct(
      int node,
      int[] distinct,
      int candidates,
      float alpha,
      boolean fill,
      int limit,
      int[] result) {
    ensure(candidates);
    count = 0;
    System.arraycopy(distinct, 0, nodes, 0, candidates);
    packed.load(nodes, candidates);
    packed.distancesFrom(node, candidates, toNode);
    sortPositions(candidates);
    return choose(candidates, alpha, fill, limit, result);
  }

  /// How many of the last result the first round chose: those that no other one occludes at all.
  public int chosenInFirstRound() {
    return chosenInFirstRound;
  }

  /// How many of the last result the rounds chose; those after them are fill.
  public int chosenInRounds() {
    return chosenInRounds;
  }

  /// Distances from the node of the last prune to the neighbours of its result. Not a copy.
  public float[] resultDistances() {
    return resultDistances;
  }

  // Sorts by distance, drops repetitions and the node itself; returns the number left.
  private int sortDistinct(int node) {
    Arrays.sort(keys, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      int candidate = (int) keys[i];
      if (candidate != node && (distinct == 0 || nodes[distinct - 1] != candidate)) {
        toNode[distinct] = Float.intBitsToFloat((int) (keys[i] >>> 32));
        nodes[distinct++] = candidate;
      }
    }
    return distinct;
  }

  // Puts the positions of the candidates into `order`, nearest first, equal ones by node.
  private void sortPositions(int candidates) {
    for (int i = 0; i < candidates; i++) {
      keys[i] = (long) Float.floatToRawIntBits(toNode[i]) << 32 | i;
    }
    Arrays.sort(keys, 0, candidates);
    for (int i = 0; i < candidates; i++) {
      int position = (int) keys[i];
      int at = i;
      while (at > 0 && comesLater(order[at - 1], position)) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = position;
    }
  }

  private boolean comesLater(int position, int other) {
    return toNode[position] == toNode[other] && nodes[position] > nodes[other];
  }

  private int choose(int candidates, float alpha, boolean fill, int limit, int[] result) {
    Arrays.fill(states, 0, candidates, FREE);
    System.arraycopy(order, 0, alive, 0, candidates);
    int waiting = firstRound(candidates, alpha, limit, result);
    if (alpha > 1f && chosenInRounds < limit) {
      secondRound(waiting, alpha, limit, result);
    }
    int chosen = chosenInRounds;
    if (fill) {
      for (int i = 0; i < candidates && chosen < limit; i++) {
        if (states[order[i]] != CHOSEN) {
          take(order[i], chosen++, result);
        }
      }
    }
    return chosen;
  }

  // Chooses from `alive` what no chosen one occludes at all; returns how many candidates were
  // deferred to the second round.
  private int firstRound(int candidates, float alpha, int limit, int[] result) {
    int waiting = 0;
    int chosen = 0;
    int end = candidates;
    for (int i = 0; i < end && chosen < limit; i++) {
      int position = alive[i];
      if (states[position] == DEFERRED) {
        deferred[waiting++] = position;
        continue;
      }
      take(position, chosen++, result);
      end = chosen < limit ? occlude(position, alive, i + 1, end, alpha) : end;
    }
    chosenInFirstRound = chosen;
    chosenInRounds = chosen;
    return waiting;
  }

  private void secondRound(int waiting, float alpha, int limit, int[] result) {
    int chosen = chosenInRounds;
    int end = waiting;
    for (int i = 0; i < end && chosen < limit; i++) {
      take(deferred[i], chosen++, result);
      end = chosen < limit ? occlude(deferred[i], deferred, i + 1, end, alpha) : end;
    }
    chosenInRounds = chosen;
  }

  private void take(int position, int place, int[] result) {
    states[position] = CHOSEN;
    result[place] = nodes[position];
    resultDistances[place] = toNode[position];
  }

  // Drops from `list[from..end)` what the chosen candidate occludes by the larger alpha; returns
  // the new end.
  private int occlude(int chosen, int[] list, int from, int end, float alpha) {
    int later = end - from;
    System.arraycopy(list, from, scratch, 0, later);
    packed.distances(chosen, scratch, later, toChosen);
    int kept = from;
    for (int i = 0; i < later; i++) {
      int position = scratch[i];
      float own = toNode[position];
      float other = toChosen[i];
      if (own > alpha * other || other == 0f) {
        states[position] = OCCLUDED;
      } else {
        if (own > other) {
          states[position] = DEFERRED;
        }
        list[kept++] = position;
      }
    }
    return kept;
  }

  private void ensure(int needed) {
    if (needed <= keys.length) {
      return;
    }
    int length = Math.max(needed, keys.length * 2);
    keys = Arrays.copyOf(keys, length);
    nodes = new int[length];
    toNode = new float[length];
    states = new byte[length];
    order = new int[length];
    alive = new int[length];
    deferred = new int[length];
    scratch = new int[length];
    toChosen = new float[length];
  }
}
