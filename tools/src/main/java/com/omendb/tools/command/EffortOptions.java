package com.omendb.tools.command;

import com.omendb.store.SearchRequest;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The options of `search` and `eval` that say how a search reads, beside the length of its list.
final class EffortOptions {
  @Option(
      names = "--beam-width",
      defaultValue = "0",
      paramLabel = "W",
      description = "Page reads in flight; 0 lets the index choose.")
  private int beamWidth;

  @Option(
      names = "--gain",
      defaultValue = "" + SearchRequest.AUTO_GAIN,
      paramLabel = "T",
      description = {
        "Read a page while it may be expected to hold more than T",
        "of the neighbours wanted, 0 to 1; default: (K / L)^2."
      },
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private float gainThreshold;

  @Option(
      names = "--max-reads",
      defaultValue = "0",
      paramLabel = "N",
      description = "The most pages a search may ask for; 0 lets the index choose.")
  private int maxPageReads;

  @Option(
      names = "--degraded",
      description = {
        "Go on without pages that cannot be read or are damaged,",
        "and say how many those were; else they fail a search."
      })
  private boolean degraded;

  SearchKnobs knobs(int k, int searchListSize) {
    return new SearchKnobs(k, searchListSize, beamWidth, gainThreshold, maxPageReads, degraded);
  }
}
