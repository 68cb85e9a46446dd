package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchStats;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// The Flight Recorder event of one search, from asking to its result; unless a recording says
/// otherwise, of those that took 20 ms and more.
@Name("com.omendb.Search")
@Label("Search")
@Category("OmenDB")
@Description("A search of an index, from asking to its result")
@Threshold("20 ms")
@StackTrace(false)
final class SearchEvent extends Event {
  private static final SearchEvent PROBE = new SearchEvent();

  @Label("Index")
  @Nullable String index;

  @Label("Neighbours Wanted")
  int k;

  @Label("Search List Size")
  @Description("As asked for; 0: the index's choice")
  int searchListSize;

  @Label("Rounds")
  @Description("Times that the search asked for a set of pages")
  int rounds;

  @Label("Page Reads")
  int pageReads;

  @Label("Cache Hits")
  int cacheHits;

  @Label("Wasted Reads")
  @Description("Pages read of which no vector came into the result")
  int wastedReads;

  @Label("Skipped Pages")
  @Description("Damaged or unreadable pages that the search went on without")
  int skippedPages;

  @Label("Bytes Read")
  @DataAmount
  long bytesRead;

  @Label("Expanded Nodes")
  int expanded;

  @Label("Approximate Distances")
  int approximateDistances;

  @Label("Exact Distances")
  int exactDistances;

  @Label("Wait for Pages")
  @Timespan(Timespan.NANOSECONDS)
  long waitNanos;

  @Label("Wait for a Searcher")
  @Timespan(Timespan.NANOSECONDS)
  long queueNanos;

  @Label("Failure")
  @Description("Why there is no result; none when there is one")
  @Nullable String failure;

  /// An event that has begun, or null while no recording wants one.
  static @Nullable SearchEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    SearchEvent event = new SearchEvent();
    event.begin();
    return event;
  }

  /// Records a search that gave a result, if a recording wants it.
  ///
  /// @param nanos since it was asked for
  void completed(String where, SearchRequest request, SearchStats stats, long nanos) {
    end();
    if (shouldCommit()) {
      describe(where, request);
      rounds = stats.rounds();
      pageReads = stats.pageReads();
      cacheHits = stats.cacheHits();
      wastedReads = stats.wastedReads();
      skippedPages = stats.skippedPages();
      bytesRead = stats.bytesRead();
      expanded = stats.expanded();
      approximateDistances = stats.approximateDistances();
      exactDistances = stats.exactDistances();
      waitNanos = stats.waitNanos();
      queueNanos = Math.max(0, nanos - stats.totalNanos());
      commit();
    }
  }

  /// Records a search that failed, if a recording wants it.
  void failed(String where, SearchRequest request, Throwable why) {
    end();
    if (shouldCommit()) {
      describe(where, request);
      failure = why.toString();
      commit();
    }
  }

  private void describe(String where, SearchRequest request) {
    index = where;
    k = request.k();
    searchListSize = request.searchListSize().orElse(0);
  }
}
