package com.omendb.diskann.repair;

import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.diskann.parts.PartList;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.BuildTuning;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Settings;
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
  /// Bytes of a vector.
  int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  /// What the index consists of.
  PartList parts() {
    return kind.parts().of(codes, CoarseGraph.of(settings));
  }

  /// Options of a build of such an index; what is not known is as by default.
  ///
  /// @param maxDegree R of its graph
  BuildOptions buildOptions(int maxDegree, RepairOptions options) {
    BuildTuning usual = BuildTuning.builder().build();
    BuildTuning.Builder tuning =
        BuildTuning.builder()
            .method(setting(Settings.METHOD, BuildMethod::ofLabel, usual.method()))
            .buildListSize(
                setting(Settings.BUILD_LIST_SIZE, Integer::valueOf, usual.buildListSize()))
            .alpha(setting(Settings.ALPHA, Float::valueOf, usual.alpha()))
            .seed(setting(Settings.SEED, Long::valueOf, usual.seed()));
    return BuildOptions.builder()
        .kind(kind.name())
        .metric(metric)
        .maxDegree(maxDegree)
        .threads(options.threads())
        .memoryBudgetBytes(options.memoryBudgetBytes())
        .tuning(tuning.build())
        .build();
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
    return Settings.parse(settings, name, parse).orElse(otherwise);
  }
}
