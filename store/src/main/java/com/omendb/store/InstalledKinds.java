package com.omendb.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/// The kinds of index that are installed, found once: by the loader of this library, so that it
/// does not matter which thread asks first.
final class InstalledKinds {
  private static final List<IndexKind> ALL = load();

  private InstalledKinds() {}

  private static List<IndexKind> load() {
    List<IndexKind> kinds = new ArrayList<>();
    ServiceLoader.load(IndexKind.class, IndexKind.class.getClassLoader()).forEach(kinds::add);
    kinds.sort(Comparator.comparing(IndexKind::name));
    return List.copyOf(kinds);
  }

  /// All of them, by name.
  static List<IndexKind> all() {
    return ALL;
  }

  /// Their names, for messages.
  static String names() {
    return String.join(", ", ALL.stream().map(IndexKind::name).toList());
  }
}
