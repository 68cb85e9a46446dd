package com.omendb.pagecache;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/// A session of a [PageCache].
///
/// A fetch claims and pins first, then reads all that it claimed, and only then waits for pages
/// that others are loading. Nobody waits while holding an unread claim, so no two sessions can wait
/// for each other.
final class PageSession implements PageCache.Session {
  /// One hit in so many is told to the policy: telling all of them would cost more than finding
  /// them.
  private static final int HITS_PER_TOUCH = 4;

  /// How a page of the fetch under way was come by.
  private enum Origin {
    HIT,
    /// To be read by this session.
    CLAIMED,
    READ,
    /// Pinned while another session loads it.
    JOINED,
    /// Neither pinned nor claimed.
    NONE
  }

  private final PageCache cache;
  private final FrameTable table;
  private final PageReader reader;
  private final int maxPages;
  private final int[] pages;
  private final int[] frames;
  private final Origin[] origins;
  private final int[] arrivedTags;

  private int held; // pages pinned or claimed, from index 0 on
  private int hits;
  private int reads;
  private int hitsUntilTouch = HITS_PER_TOUCH;
  private boolean closed;

  PageSession(PageCache cache, PageReader reader, int maxPages) {
    this.cache = cache;
    this.table = cache.table();
    this.reader = reader;
    this.maxPages = maxPages;
    pages = new int[maxPages];
    frames = new int[maxPages];
    origins = new Origin[maxPages];
    arrivedTags = new int[maxPages];
  }

  @Override
  public void fetch(int[] pageNumbers, int count) throws IOException {
    requireFetchable(pageNumbers, count);
    hits = 0;
    reads = 0;
    boolean fetched = false;
    try {
      boolean joined = false;
      for (int i = 0; i < count; i++) {
        pages[i] = pageNumbers[i];
        pinOrClaim(i);
        held = i + 1;
        joined |= origins[i] == Origin.JOINED;
      }
      readClaimed();
      if (joined) {
        awaitJoined();
      }
      fetched = true;
      cache.count(hits, reads);
    } finally {
      if (!fetched) {
        undo();
      }
    }
  }

  @Override
  public long address(int i) {
    return cache.frameAddress(frames[Objects.checkIndex(i, held)]);
  }

  @Override
  public MemorySegment frame(int i) {
    return cache.frame(frames[Objects.checkIndex(i, held)]);
  }

  @Override
  public boolean wasHit(int i) {
    return origins[Objects.checkIndex(i, held)] == Origin.HIT;
  }

  @Override
  public int hits() {
    return hits;
  }

  @Override
  public int reads() {
    return reads;
  }

  /// Pages pinned or claimed now.
  int held() {
    return held;
  }

  @Override
  public void release() {
    int released = held;
    if (released == 0) {
      return;
    }
    held = 0;
    for (int i = 0; i < released; i++) {
      table.unpin(frames[i]);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    release();
    reader.close();
    cache.sessionClosed(this, maxPages);
  }

  private void requireFetchable(int[] pageNumbers, int count) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    cache.requireOpen();
    if (held > 0) {
      throw new IllegalStateException("the last fetch was not released: pages=" + held);
    }
    if (count < 0 || count > Math.min(maxPages, pageNumbers.length)) {
      throw new IllegalArgumentException(
          "of maxPages=%d, pageNumbers.length=%d: count=%d"
              .formatted(maxPages, pageNumbers.length, count));
    }
    for (int i = 0; i < count; i++) {
      if (pageNumbers[i] < 0 || pageNumbers[i] >= cache.pageCount()) {
        throw new IllegalArgumentException(
            "no such page in a file of %d: pageNumber=%d"
                .formatted(cache.pageCount(), pageNumbers[i]));
      }
    }
  }

  private void pinOrClaim(int i) {
    int page = pages[i];
    while (true) {
      int entry = table.entry(page);
      if (FrameTable.isEmpty(entry)) {
        int frame = cache.takeFrame();
        if (table.claim(page, frame)) {
          frames[i] = frame;
          origins[i] = Origin.CLAIMED;
          return;
        }
      } else if (tryPin(i, page, FrameTable.frameOf(entry))) {
        return;
      }
      // Another session is between two steps on this page.
      Thread.onSpinWait();
    }
  }

  private boolean tryPin(int i, int page, int frame) {
    if (!table.tryPin(frame)) {
      LockSupport.parkNanos(PageCache.PAUSE_NANOS);
      return false;
    }
    int entry = table.entry(page);
    if (FrameTable.isEmpty(entry) || FrameTable.frameOf(entry) != frame) {
      table.unpin(frame);
      return false;
    }
    frames[i] = frame;
    if (FrameTable.isLoading(entry)) {
      origins[i] = Origin.JOINED;
      return true;
    }
    origins[i] = Origin.HIT;
    hits++;
    if (--hitsUntilTouch == 0) {
      hitsUntilTouch = HITS_PER_TOUCH;
      cache.policy().touch(table.key(frame));
    }
    return true;
  }

  private void readClaimed() throws IOException {
    for (int i = 0; i < held; i++) {
      if (origins[i] == Origin.CLAIMED) {
        reader.submit(pages[i], cache.frame(frames[i]), i);
      }
    }
    while (reader.inFlight() > 0) {
      // All at once: waking up for each would cost more than the earlier pages are worth here.
      int arrived = reader.await(reader.inFlight(), arrivedTags);
      for (int a = 0; a < arrived; a++) {
        publish(arrivedTags[a]);
      }
    }
  }

  private void publish(int i) {
    int page = pages[i];
    int frame = frames[i];
    Integer key = page;
    table.publish(page, frame, key);
    origins[i] = Origin.READ;
    reads++;
    cache.gate().settled(page);
    boolean admitted = false;
    try {
      cache.policy().admit(key, frame);
      admitted = true;
    } finally {
      if (!admitted) {
        table.doom(frame);
      }
    }
  }

  private void awaitJoined() throws IOException {
    for (int i = 0; i < held; i++) {
      while (origins[i] == Origin.JOINED && !loaded(i)) {
        // Its loader failed. Try again, reading at once what this claims: see the class comment.
        table.unpin(frames[i]);
        origins[i] = Origin.NONE;
        pinOrClaim(i);
        readClaimed();
      }
    }
  }

  private boolean loaded(int i) {
    int frame = frames[i];
    cache
        .gate()
        .await(
            pages[i],
            page -> {
              int entry = table.entry(page);
              return !FrameTable.isLoading(entry) || FrameTable.frameOf(entry) != frame;
            });
    int entry = table.entry(pages[i]);
    return !FrameTable.isEmpty(entry)
        && !FrameTable.isLoading(entry)
        && FrameTable.frameOf(entry) == frame;
  }

  private void undo() {
    reader.drop();
    int count = held;
    held = 0;
    for (int i = 0; i < count; i++) {
      switch (origins[i]) {
        case CLAIMED -> {
          table.abandon(pages[i], frames[i]);
          cache.gate().settled(pages[i]);
        }
        case HIT, READ, JOINED -> table.unpin(frames[i]);
        case NONE -> {}
      }
    }
  }
}
