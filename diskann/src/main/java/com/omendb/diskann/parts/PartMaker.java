package com.omendb.diskann.parts;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes parts of an index, those that are best made together.
public interface PartMaker {
  /// Name of its phase in the state of a build: lower case letters, digits and hyphens.
  String phase();

  /// The parts that it makes.
  List<GraphPart<?>> parts();

  /// Whether it needs the graph, [PartInput#graph].
  boolean needsGraph();

  /// Whether it needs the vectors to make some of its parts beside pages that are whole.
  default boolean needsVectors(Set<GraphPart<?>> wanted) {
    return true;
  }

  /// Which of its parts a repair has to make if some of them are damaged: these, and those that are
  /// worth nothing without them.
  default Set<GraphPart<?>> lostWith(Set<GraphPart<?>> damaged) {
    return damaged;
  }

  /// Makes parts and writes their files.
  ///
  /// @param wanted which of its parts; not empty
  /// @return settings of the manifest that tell how they were made
  Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException;
}
