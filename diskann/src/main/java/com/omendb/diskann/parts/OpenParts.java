package com.omendb.diskann.parts;

import com.omendb.store.serving.OpeningTasks;
import com.omendb.store.serving.OpeningTasks.Making;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parts of an index that are open, or are about to be. Thread-safe once they are.
public final class OpenParts {
  private final Map<GraphPart<?>, Making<?>> makings = new LinkedHashMap<>();

  /// Parts that [#tasks] open.
  public OpenParts(Collection<? extends GraphPart<?>> parts, PartOpening opening) {
    for (GraphPart<?> part : parts) {
      makings.put(part, new Making<>(() -> part.open(opening)));
    }
  }

  /// What opens them, each a task that may run beside the others.
  public List<OpeningTasks.Task> tasks() {
    return List.copyOf(makings.values());
  }

  /// What a part is, now that it is open.
  ///
  /// @throws IllegalStateException if it is not
  @SuppressWarnings("unchecked") // A part is opened by itself only, so its type is T.
  public <T> T get(GraphPart<T> part) {
    Making<?> making = makings.get(part);
    if (making == null) {
      throw new IllegalStateException("not opened: part=" + part.name());
    }
    return (T) making.get();
  }
}
