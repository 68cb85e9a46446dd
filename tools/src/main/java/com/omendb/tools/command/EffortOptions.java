package com.omendb.tools.command;

import com.omendb.store.SearchTuning;
import com.omendb.tools.eval.EvalSetting;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The options of `search` and `eval` that say how a search reads, beside the length of its list.
final class EffortOptions {
  @Option(
      names = "--beam-width",
      paramLabel = "W",
      description = "Page reads in flight, 1 to 32; default: the index chooses.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Integer beamWidth;

  @Option(
      names = "--gain",
      paramLabel = "T",
      description = {
        "Read a page while it may be expected to hold more than T",
        "of the neighbours wanted, 0 to 1; default: (K / L)^2."
      },
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Double gainThreshold;

  @Option(
      names = "--max-reads",
      paramLabel = "N",
      description = "The most pages a search may ask for; default: the index chooses.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Integer maxPageReads;

  @Option(
      names = "--degraded",
      description = {
        "Skip pages that are damaged or cannot be read, and",
        "print how many; else such a page fails a search."
      })
  private boolean degraded;

  /// The knobs of a search.
  ///
  /// @param searchListSize L; null lets the index choose
  /// @throws IllegalArgumentException if one is out of range
  SearchKnobs knobs(int k, @Nullable Integer searchListSize) {
    SearchTuning.Builder tuning = SearchTuning.builder();
    if (beamWidth != null) {
      tuning.beamWidth(beamWidth);
    }
    if (gainThreshold != null) {
      tuning.gainThreshold(gainThreshold);
    }
    return new SearchKnobs(
        k,
        new EvalSetting(
            optional(searchListSize), tuning.build(), optional(maxPageReads), degraded));
  }

  private static OptionalInt optional(@Nullable Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
