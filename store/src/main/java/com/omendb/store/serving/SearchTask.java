package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import org.jspecify.annotations.Nullable;

/// One search as a runner sees it.
///
/// @param request what the caller asked for
/// @param accept which nodes may be answers; null for all of them
/// @param deadlineNanos when it has to end, by [System#nanoTime]; [#NEVER] if it need not
public record SearchTask(SearchRequest request, @Nullable Accept accept, long deadlineNanos) {
  /// The deadline of a search without a timeout.
  public static final long NEVER = Long.MAX_VALUE;

  /// A search that begins now.
  static SearchTask begin(SearchRequest request, @Nullable Accept accept) {
    long timeout = request.timeoutNanos();
    return new SearchTask(request, accept, timeout == 0 ? NEVER : System.nanoTime() + timeout);
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
