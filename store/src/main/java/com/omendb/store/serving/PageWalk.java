package com.omendb.store.serving;

import com.omendb.store.SearchResult;
import java.io.IOException;

/// One search on its way through the pages of an index, driven from outside: it says which pages it
/// wants, is given them one by one as they arrive, and never waits. A [PagedRunner] drives it.
///
/// Owns scratch for one search at a time and is used for one after another. Not thread-safe.
public interface PageWalk {
  /// Starts a search.
  ///
  /// @throws IllegalArgumentException if the request does not fit the index
  void begin(SearchTask task);

  /// Writes the pages that are wanted next, at most `limit`, into `pages` and returns how many. For
  /// each, [#landed] is called later, and then [#take] or [#skip]. None, with nothing in flight, is
  /// the end of the search.
  int choose(int[] pages, int limit);

  /// How many pages may be in flight when it is time to choose more.
  int refillBelow();

  /// A page that was asked for is not in flight any more.
  void landed(int page);

  /// Takes a page that has arrived.
  ///
  /// @param address native address of the page, valid during the call
  /// @param wasRead whether it was read from the device for this search
  /// @throws IOException if the page breaks the format
  void take(int page, long address, boolean wasRead) throws IOException;

  /// Skips a page that is damaged or cannot be read.
  ///
  /// @return false if the request does not allow that
  boolean skip(int page);

  /// What was found, once the search has ended.
  SearchResult result();
}
