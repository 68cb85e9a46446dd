package com.omendb.diskann.repair;

import com.omendb.diskann.parts.PartList;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/// What a damaged index is, as far as a repair has to know, put together by [FactFinder].
///
/// @param kind its kind
/// @param count nodes; 0 if nothing says it
/// @param dimension elements a vector
/// @param elementType type of the elements
/// @param metric distance of the index
/// @param settings how it was built, as far as that is known
/// @param codes that it keeps, ascending
/// @param assumed what had to be assumed, each a sentence for people
record IndexFacts(
    RepairableKind kind,
    int count,
    int dimension,
    ElementType elementType,
    Metric metric,
    SortedMap<String, String> settings,
    List<CodeSpec> codes,
    List<String> assumed) {
  /// Manifest setting: ids are in `0..idRange-1`. Written where there are fewer vectors than ids.
  static final String ID_RANGE = "idRange";

  /// Manifest setting: R of the graph.
  static final String MAX_DEGREE = "maxDegree";

  /// Bytes of a vector.
  int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  /// What the index consists of.
  PartList parts() {
    return kind.parts().of(codes);
  }

  /// Options of a build of such an index; what is not known is as by default.
  ///
  /// @param maxDegree R of its graph
  BuildOptions buildOptions(int maxDegree, RepairOptions options) {
    BuildOptions defaults = BuildOptions.defaults();
    return defaults
        .withKind(kind.name())
        .withMetric(metric)
        .withMethod(setting("method", BuildMethod::ofLabel, defaults.method()))
        .withGraph(
            maxDegree,
            setting("buildListSize", Integer::valueOf, defaults.buildListSize()),
            setting("alpha", Float::valueOf, defaults.alpha()))
        .withSeed(setting("seed", Long::valueOf, defaults.seed()))
        .withThreads(options.threads())
        .withMemoryBudgetBytes(options.memoryBudgetBytes());
  }

  /// A manifest of such an index, without files.
  Manifest manifest(UUID indexId, long vectorCount, SortedMap<String, String> newSettings) {
    return new Manifest(
        kind.name(),
        indexId,
        vectorCount,
        dimension,
        elementType,
        metric,
        newSettings,
        new TreeMap<>());
  }

  /// A setting, or a substitute where it is missing or no such value.
  <T> T setting(String name, Function<String, T> parse, T otherwise) {
    String value = settings.get(name);
    try {
      return value == null ? otherwise : parse.apply(value);
    } catch (IllegalArgumentException _) {
      return otherwise;
    }
  }
}
