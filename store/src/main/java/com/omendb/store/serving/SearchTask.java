package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One search as a runner sees it.
///
/// @param request what the caller asked for
/// @param accept which nodes may be answers; null for all of them
/// @param deadlineNanos when it has to end, by [System#nanoTime]; [#NEVER] if it need not
public record SearchTask(SearchRequest request, @Nullable Accept accept, long deadlineNanos) {
  /// The deadline of a search without a timeout.
  public static final long NEVER = Long.MAX_VALUE;

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /// A search that begins now.
  static SearchTask begin(SearchRequest request, @Nullable Accept accept) {
    long deadline =
        request.timeout().map(timeout -> System.nanoTime() + nanos(timeout)).orElse(NEVER);
    return new SearchTask(request, accept, deadline);
  }

  // Longer than 100 years makes no difference, and nanoseconds of it can be added.
  private static long nanos(Duration timeout) {
    return timeout.compareTo(LONGEST) < 0 ? timeout.toNanos() : LONGEST.toNanos();
  }

  /// Whether the time is over.
  public boolean isLate() {
    return deadlineNanos != NEVER && System.nanoTime() - deadlineNanos >= 0;
  }

  /// The same search of a copied query.
  SearchTask withRequest(SearchRequest copied) {
    return new SearchTask(copied, accept, deadlineNanos);
  }
}
