package com.omendb.tools.hard;

import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.Residency;
import com.omendb.vectors.testing.hard.HardFamily;
import com.omendb.vectors.testing.hard.HardVectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How to try a family: vectors are generated, indexed by each method, and searched in each
/// residency with each length of list. Immutable.
///
/// @param methods how to build
/// @param residencies what to keep in memory while searching
/// @param listSizes lengths of the candidate list, at least `k`
/// @param k neighbours asked for
/// @param queryCount queries
/// @param seed of the vectors
/// @param options of all builds, but for metric and method
public record HardTrial(
    List<BuildMethod> methods,
    List<Residency> residencies,
    List<Integer> listSizes,
    int k,
    int queryCount,
    long seed,
    BuildOptions options) {

  /// What one method's index answered in one residency.
  ///
  /// @param answers by length of list, in the order of the trial
  public record Outcome(
      BuildMethod method, Residency residency, HardIndex index, List<Answers> answers) {}

  /// Tries a family with so many base vectors.
  ///
  /// @param directory an empty folder for the indexes
  /// @param onOutcome is given each outcome as it is known
  /// @return for each residency one comparison of the leaf build with the Vamana build a length of
  ///   list; empty unless both methods are tried
  public Map<Residency, List<Comparison>> run(
      HardFamily family, int count, Path directory, Consumer<Outcome> onOutcome)
      throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      HardVectors vectors = family.generate(count, queryCount, seed, arena);
      ExactNeighbours truth = new ExactNeighbours(vectors, family.metric(), k);
      for (BuildMethod method : methods) {
        HardIndex index =
            HardIndex.build(
                vectors,
                directory.resolve(method.name()),
                options.toBuilder().metric(family.metric()).tuning(t -> t.method(method)).build());
        for (Residency residency : residencies) {
          Outcome outcome =
              new Outcome(method, residency, index, index.answers(residency, listSizes, truth));
          outcomes.add(outcome);
          onOutcome.accept(outcome);
        }
      }
    }
    return compared(outcomes);
  }

  private Map<Residency, List<Comparison>> compared(List<Outcome> outcomes) {
    Map<Residency, List<Comparison>> compared = new LinkedHashMap<>();
    for (Outcome leaf : outcomes) {
      for (Outcome vamana : outcomes) {
        if (leaf.method() == BuildMethod.LEAF
            && vamana.method() == BuildMethod.VAMANA
            && leaf.residency() == vamana.residency()) {
          List<Comparison> comparisons = new ArrayList<>();
          for (int i = 0; i < listSizes.size(); i++) {
            comparisons.add(Comparison.of(leaf.answers(), i, vamana.answers().get(i)));
          }
          compared.put(leaf.residency(), comparisons);
        }
      }
    }
    return compared;
  }
}
