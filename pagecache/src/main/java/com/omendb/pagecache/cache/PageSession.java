package com.omendb.pagecache.cache;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A session that fetches a set of pages at a time: page i of a fetch has ticket i.
final class PageSession implements PageCache.Session {
  private final PageCache cache;
  private final TicketSession requests;
  private final boolean[] wasHit;
  private final int[] tickets;

  private int held;
  private int hits;
  private int reads;

  PageSession(PageCache cache, TicketSession requests) {
    this.cache = cache;
    this.requests = requests;
    wasHit = new boolean[requests.maxPages()];
    tickets = new int[requests.maxPages()];
  }

  @Override
  public void fetch(int[] pageNumbers, int count) throws IOException {
    requireFetchable(pageNumbers, count);
    hits = 0;
    reads = 0;
    boolean fetched = false;
    try {
      for (int i = 0; i < count; i++) {
        wasHit[i] = requests.request(pageNumbers[i], i);
        hits += wasHit[i] ? 1 : 0;
      }
      // All at once: waking up for each would cost more than the earlier pages are worth here.
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
        requests.reset();
      }
    }
  }

  @Override
  public long address(int i) {
    return requests.address(Objects.checkIndex(i, held));
  }

  @Override
  public MemorySegment frame(int i) {
    return requests.frame(Objects.checkIndex(i, held));
  }

  @Override
  public boolean wasHit(int i) {
    return wasHit[Objects.checkIndex(i, held)];
  }

  @Override
  public int hits() {
    return hits;
  }

  @Override
  public int reads() {
    return reads;
  }

  @Override
  public void release() {
    int released = held;
    held = 0;
    for (int i = 0; i < released; i++) {
      requests.release(i);
    }
  }

  @Override
  public void close() {
    requests.close();
    held = 0;
  }

  private void requireFetchable(int[] pageNumbers, int count) {
    if (requests.isClosed()) {
      throw new IllegalStateException("the session is closed");
    }
    cache.requireOpen();
    if (held > 0) {
      throw new IllegalStateException("the last fetch was not released: pages=" + held);
    }
    if (count < 0 || count > Math.min(requests.maxPages(), pageNumbers.length)) {
      throw new IllegalArgumentException(
          "of maxPages=%d, pageNumbers.length=%d: count=%d"
              .formatted(requests.maxPages(), pageNumbers.length, count));
    }
  }
}
