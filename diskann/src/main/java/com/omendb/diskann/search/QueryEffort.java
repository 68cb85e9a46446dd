package com.omendb.diskann.search;

import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchTuning;

/// How hard a query through pages looks, from its request and what lies in memory.
///
/// @param k answers wanted, at most the number that exists
/// @param effort the searchListSize that the request means
/// @param listSize nodes that the list keeps
/// @param beamWidth pages in flight
/// @param gainThreshold expected gain that a page must exceed to be read
/// @param maxPages pages that may be asked for
/// @param isBounded whether the request set maxPages: then it is a hard bound
record QueryEffort(
    int k,
    int effort,
    int listSize,
    int beamWidth,
    double gainThreshold,
    int maxPages,
    boolean isBounded) {
  // searchListSize when a request leaves it open: this, or twice k if that is more.
  private static final int USUAL_LIST_SIZE = 30;

  // The same where all vectors are in memory, so that a longer list costs no reads.
  private static final int USUAL_RESIDENT_LIST_SIZE = 40;

  // Pages that a search may read beyond its searchListSize when a request sets no bound.
  private static final int READS_SLACK = 32;

  // Hardly any page is expected to hold more than one of the k, so a list of k nodes would read
  // none.
  private static final double MAX_GAIN_ASKED = 0.8;

  /// The effort of a request.
  ///
  /// @param answerCount nodes that may be answers
  static QueryEffort of(SearchRequest request, int answerCount, Residency residency) {
    int k = Math.min(request.k(), answerCount);
    int effort = listSize(request, k, residency);
    double ratio = (double) k / effort;
    return new QueryEffort(
        k,
        effort,
        effort + listSlack(residency),
        request.tuning().beamWidth().orElse(beamWidth(residency)),
        request.tuning().gainThreshold().orElse(Math.min(MAX_GAIN_ASKED, ratio * ratio)),
        request.maxPageReads().orElse(effort + READS_SLACK),
        request.maxPageReads().isPresent());
  }

  /// The searchListSize that a request means.
  static int listSize(SearchRequest request, int k, Residency residency) {
    int usual = residency == Residency.ALL ? USUAL_RESIDENT_LIST_SIZE : USUAL_LIST_SIZE;
    return request.searchListSize().orElse(Math.max(usual, 2 * k));
  }

  // The better a search knows its pages beforehand, the more of them it asks for at once.
  private static int beamWidth(Residency residency) {
    return switch (residency) {
      case PAGES -> 4;
      case GROUPS -> 8;
      case GRAPH -> SearchTuning.MAX_BEAM_WIDTH;
      case ALL -> throw new IllegalArgumentException("residency=" + residency);
    };
  }

  // How much longer the list is than the effort asked for: candidates that are unlikely alone still
  // count for the gain of their page, and where the graph ends with the list, its length decides
  // what is found at all.
  private static int listSlack(Residency residency) {
    return residency == Residency.GRAPH ? 120 : 80;
  }
}
