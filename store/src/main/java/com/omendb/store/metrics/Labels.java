package com.omendb.store.metrics;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Labels that distinguish the readings of one [Meter]: values by name, such as the directory of
/// the index. Immutable.
///
/// @param values by name, in the order of the names
public record Labels(SortedMap<String, String> values) {
  /// The label that nearly every reading has: the directory of the index.
  public static final String INDEX = "index";

  /// The label of [Meter#SEARCH_FAILURES]: a [FailureType].
  public static final String TYPE = "type";

  /// The label of [Meter#MEMORY_RESERVED]: the purpose of the memory.
  public static final String PURPOSE = "purpose";

  /// The label of meters that are reported for each phase of a build.
  public static final String PHASE = "phase";

  /// The label of [Meter#BUILDS]: `done` or `failed`.
  public static final String OUTCOME = "outcome";

  /// No label.
  public static final Labels NONE = new Labels(Collections.emptySortedMap());

  /// Copies the values.
  public Labels {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /// {@return one label}
  ///
  /// @param name such as [#INDEX]
  /// @param value any text
  public static Labels of(String name, String value) {
    return NONE.and(name, value);
  }

  /// {@return these labels and one more, or with another value for it}
  ///
  /// @param name such as [#PHASE]
  /// @param value any text
  public Labels and(String name, String value) {
    TreeMap<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new Labels(more);
  }
}
