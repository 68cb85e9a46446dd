package com.omendb.pagecache.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A directory as the disk knows it: names that last, and changes of names that may still be lost,
/// each for itself.
final class ModelDirectory implements ModelNode {

  /// A change that happens wholly or not at all: one name goes, one comes, or both.
  private record Change(@Nullable String gone, @Nullable String come, ModelNode node) {
    void applyTo(Map<String, ModelNode> names) {
      if (gone != null) {
        names.remove(gone, node);
      }
      if (come != null) {
        names.put(come, node);
      }
    }
  }

  private final Map<String, ModelNode> durable = new TreeMap<>();
  private final Map<String, ModelNode> current = new TreeMap<>();
  private final List<Change> pending = new ArrayList<>();

  /// A name that has always been there.
  void addDurable(String name, ModelNode node) {
    durable.put(name, node);
    current.put(name, node);
  }

  @Nullable ModelNode get(String name) {
    return current.get(name);
  }

  void add(String name, ModelNode node) {
    change(new Change(null, name, node));
  }

  void remove(String name) {
    ModelNode node = current.get(name);
    if (node != null) {
      change(new Change(name, null, node));
    }
  }

  void rename(String from, String to) {
    ModelNode node = current.get(from);
    if (node == null) {
      throw new IllegalStateException("renamed without being there: from=" + from);
    }
    change(new Change(from, to, node));
  }

  /// All changes so far last.
  void sync() {
    durable.clear();
    durable.putAll(current);
    pending.clear();
  }

  /// One of the sets of names that a crash may leave: any of the changes since the last sync may be
  /// lost, whatever their order.
  Map<String, ModelNode> afterCrash(RandomGenerator random) {
    double kept = ModelFile.probability(random);
    Map<String, ModelNode> names = new TreeMap<>(durable);
    for (Change change : pending) {
      if (random.nextDouble() < kept) {
        change.applyTo(names);
      }
    }
    return names;
  }

  private void change(Change change) {
    change.applyTo(current);
    pending.add(change);
  }
}
