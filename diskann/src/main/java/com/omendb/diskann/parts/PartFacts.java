package com.omendb.diskann.parts;

import java.util.Map;

/// What the header of a part says of its index, as far as it says anything. Codes that no enum has
/// are possible.
///
/// @param count nodes; 0 if it does not say
/// @param dimension elements a vector; 0 if it does not say
/// @param elementTypeCode type of the elements; [#UNKNOWN] if it does not say
/// @param metricCode distance of the index; [#UNKNOWN] if it does not say
/// @param settings of the manifest that concern the part
public record PartFacts(
    long count,
    long dimension,
    long elementTypeCode,
    long metricCode,
    Map<String, String> settings) {
  /// No code of an element type or a metric.
  public static final long UNKNOWN = -1;

  /// Nothing is said.
  public static final PartFacts NONE = new PartFacts(0, 0, UNKNOWN, UNKNOWN, Map.of());

  /// Only the number of nodes.
  public static PartFacts ofCount(long count) {
    return new PartFacts(count, 0, UNKNOWN, UNKNOWN, Map.of());
  }
}
