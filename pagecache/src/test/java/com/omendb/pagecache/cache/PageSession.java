package com.omendb.pagecache.cache;

import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Fetches a set of pages at a time from a cache, holds them, releases them: page i of a fetch has
/// ticket i.
final class PageSession implements AutoCloseable {
  private final PageRequests requests;
  private final boolean[] wasHit;
  private final int[] tickets;

  private int held;
  private int hits;
  private int reads;

  private PageSession(PageRequests requests) {
    this.requests = requests;
    wasHit = new boolean[requests.maxPages()];
    tickets = new int[requests.maxPages()];
  }

  /// A session of a cache.
  ///
  /// @param maxPages the most pages of one fetch
  static PageSession of(PageCache cache, int maxPages) {
    return new PageSession(cache.newSession(maxPages));
  }

  /// Pins the given pages: those resident at once, the missing ones read together, those that
  /// another session is loading waited for.
  ///
  /// @param pageNumbers distinct page numbers, the first `count` of which are fetched
  /// @throws IOException when a page could not be read or is damaged; nothing is held then
  void fetch(int[] pageNumbers, int count) throws IOException {
    if (held > 0) {
      throw new IllegalStateException("the last fetch was not released: pages=" + held);
    }
    hits = 0;
    reads = 0;
    int asked = 0;
    boolean fetched = false;
    try {
      for (; asked < count; asked++) {
        wasHit[asked] = requests.request(pageNumbers[asked], asked);
        hits += wasHit[asked] ? 1 : 0;
      }
      requests.await(requests.pending(), tickets);
      for (int i = 0; i < count; i++) {
        IOException failure = requests.failure(i);
        if (failure != null) {
          throw failure;
        }
        reads += requests.wasRead(i) ? 1 : 0;
      }
      held = count;
      fetched = true;
    } finally {
      if (!fetched) {
        drop(asked);
      }
    }
  }

  private void drop(int asked) {
    if (asked > 0) {
      requests.await(requests.pending(), tickets);
    }
    for (int i = 0; i < asked; i++) {
      requests.release(i);
    }
  }

  /// Where the i-th page of the last fetch is, valid until [#release].
  long address(int i) {
    return requests.address(Objects.checkIndex(i, held));
  }

  /// The i-th page of the last fetch, valid until [#release].
  MemorySegment frame(int i) {
    return frame(requests, Objects.checkIndex(i, held));
  }

  /// The page of a held ticket, valid until its release.
  static MemorySegment frame(PageRequests requests, int ticket) {
    return MemorySegment.ofAddress(requests.address(ticket)).reinterpret(TestPages.PAGE_BYTES);
  }

  /// Whether the i-th page of the last fetch was resident already.
  boolean wasHit(int i) {
    return wasHit[Objects.checkIndex(i, held)];
  }

  /// Pages of the last fetch that were resident already.
  int hits() {
    return hits;
  }

  /// Pages of the last fetch that this session read; the others were hits or read by other
  /// sessions.
  int reads() {
    return reads;
  }

  /// Gives up all pages of the last fetch; without any, does nothing.
  void release() {
    int released = held;
    held = 0;
    for (int i = 0; i < released; i++) {
      requests.release(i);
    }
  }

  /// Releases, and gives up the session's share of the cache. A second call does nothing.
  @Override
  public void close() {
    requests.close();
    held = 0;
  }
}
