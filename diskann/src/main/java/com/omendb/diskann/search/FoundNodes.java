package com.omendb.diskann.search;

import com.omendb.store.serving.Accept;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The nodes that a query has found: all of them, which lead it on, and those of them that may be
/// answers. Where all may be, both are one list. Reused from query to query. Not thread-safe.
final class FoundNodes {
  private final OpenList all = new OpenList();
  private final OpenList accepted = new OpenList();
  private @Nullable Accept accept;

  /// Empties both and sets how many nodes each keeps.
  ///
  /// @param newAccept which nodes may be answers; null for all
  void reset(int capacity, @Nullable Accept newAccept) {
    accept = newAccept;
    all.reset(capacity);
    if (newAccept != null) {
      accepted.reset(capacity);
    }
  }

  /// All nodes, nearest first.
  OpenList all() {
    return all;
  }

  /// Those that may be answers, nearest first.
  OpenList answers() {
    return accept == null ? all : accepted;
  }

  /// Whether only some nodes may be answers.
  boolean isFiltered() {
    return accept != null;
  }

  /// Whether a node may be an answer.
  boolean accepts(int node) {
    Accept some = accept;
    return some == null || some.node(node);
  }

  /// Adds a node by the estimate of its distance; it comes once.
  ///
  /// @return whether one of the lists had room for it
  boolean addEstimated(int node, float estimate) {
    boolean added = all.addEstimated(node, estimate);
    return addAnswer(node, estimate) || added;
  }

  /// Adds a node, if only some may be answers and it is one of them, to those.
  ///
  /// @return whether it was added
  boolean addAnswer(int node, float estimate) {
    Accept some = accept;
    return some != null && some.node(node) && accepted.addEstimated(node, estimate);
  }

  /// Adds a node by its distance.
  void addExact(int node, float distance) {
    all.addExact(node, distance);
    Accept some = accept;
    if (some != null && some.node(node)) {
      accepted.addExact(node, distance);
    }
  }

  /// Takes out the nodes from `first` (inclusive) to `end` (exclusive).
  void dropRange(int first, int end) {
    all.dropRange(first, end);
    if (accept != null) {
      accepted.dropRange(first, end);
    }
  }

  /// Takes out the nodes that a test is true of.
  void dropIf(IntPredicate unwanted) {
    all.dropIf(unwanted);
    if (accept != null) {
      accepted.dropIf(unwanted);
    }
  }
}
