package com.omendb.pagecache.cache;

import com.omendb.pagecache.read.PageReader;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The [PageRequests] of a [PageCache].
///
/// A request pins the page's frame if there is one. If the page is not resident then, another
/// ticket loads it, of this session or of another, and the request has joined that load. If there
/// is no frame, the request claims the page's entry with a free one and loads it.
///
/// A session waits for others only while it loads nothing itself: as long as it does, it waits for
/// its own reads, which need no other session. So no two sessions can wait for each other.
final class TicketSession implements PageRequests {
  /// One hit in this many is reported to the policy: reporting all of them would cost more than
  /// finding them.
  private static final int HITS_PER_TOUCH = 4;

  /// Neither pinned nor claimed.
  private static final byte FREE = 0;

  /// Claimed, and queued or in flight in the reader.
  private static final byte LOADING = 1;

  /// Pinned, and being loaded for another ticket or session.
  private static final byte JOINED = 2;

  /// Pinned and resident, or failed and not pinned; not yet returned by `await`.
  private static final byte ARRIVED = 3;

  /// As before, returned to the caller.
  private static final byte HELD = 4;

  private final PageCache cache;
  private final FrameTable table;
  private final PageReader reader;
  private final int maxPages;

  // By ticket.
  private final byte[] states;
  private final int[] pages;
  private final int[] frames;
  private final boolean[] readHere;
  private final @Nullable IOException[] failures;
  private final @Nullable PageReadEvent[] readEvents;

  private final int[] joined;
  private int joinedCount;
  private final int[] arrived; // circular
  private int arrivedHead;
  private int arrivedCount;
  private int pending; // LOADING, JOINED or ARRIVED
  private boolean readsQueued; // in the reader since its last await

  private final int[] readTickets;
  private final @Nullable IOException[] readFailures;

  private final SessionCounts counts = new SessionCounts();
  private int hitsUntilTouch = HITS_PER_TOUCH;
  private boolean closed;

  TicketSession(PageCache cache, PageReader reader, int maxPages) {
    this.cache = cache;
    this.table = cache.table();
    this.reader = reader;
    this.maxPages = maxPages;
    states = new byte[maxPages];
    pages = new int[maxPages];
    frames = new int[maxPages];
    readHere = new boolean[maxPages];
    failures = new IOException[maxPages];
    readEvents = new PageReadEvent[maxPages];
    joined = new int[maxPages];
    arrived = new int[maxPages];
    readTickets = new int[maxPages];
    readFailures = new IOException[maxPages];
  }

  @Override
  public int maxPages() {
    return maxPages;
  }

  @Override
  public boolean request(int page, int ticket) {
    requireOpen();
    cache.requireOpen();
    if (page < 0 || page >= cache.pageCount()) {
      throw new IllegalArgumentException(
          "no such page in a file of %d: page=%d".formatted(cache.pageCount(), page));
    }
    requireState(ticket, FREE, "in use");
    pages[ticket] = page;
    readHere[ticket] = false;
    if (obtain(ticket)) {
      states[ticket] = HELD;
      countHit(frames[ticket]);
      return true;
    }
    pending++;
    return false;
  }

  @Override
  public int await(int minArrivals, int[] tickets) {
    requireOpen();
    int wanted = Math.min(minArrivals, pending);
    if (wanted < 0 || wanted > tickets.length) {
      throw new IllegalArgumentException(
          "of pending=%d, tickets.length=%d: minArrivals=%d"
              .formatted(pending, tickets.length, minArrivals));
    }
    boolean looked = wanted > 0;
    while (!looked || arrivedCount < wanted || readsQueued) {
      looked = true;
      int missing = Math.max(0, wanted - arrivedCount);
      if (reader.inFlight() > 0) {
        awaitReads(missing);
      } else if (missing > 0 && joinedCount > 0) {
        cache.gate().await(pages[joined[0]], frames[joined[0]]);
      } else if (missing > 0) {
        throw new IllegalStateException("tickets were lost: pending=" + pending);
      }
      settleJoined();
    }
    int count = Math.min(arrivedCount, tickets.length);
    for (int i = 0; i < count; i++) {
      int ticket = arrived[arrivedHead];
      arrivedHead = arrivedHead + 1 == maxPages ? 0 : arrivedHead + 1;
      states[ticket] = HELD;
      tickets[i] = ticket;
    }
    arrivedCount -= count;
    pending -= count;
    return count;
  }

  @Override
  public int pending() {
    return pending;
  }

  @Override
  public long address(int ticket) {
    return cache.frameAddress(heldFrame(ticket));
  }

  @Override
  public boolean wasRead(int ticket) {
    requireState(ticket, HELD, "not held");
    return readHere[ticket];
  }

  @Override
  public @Nullable IOException failure(int ticket) {
    requireState(ticket, HELD, "not held");
    return failures[ticket];
  }

  @Override
  public void release(int ticket) {
    requireState(ticket, HELD, "not held");
    free(ticket);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    reset();
    closed = true;
    try {
      reader.close();
    } finally {
      cache.sessionClosed(this, maxPages);
    }
  }

  /// Waits for what is in flight and frees all tickets.
  void reset() {
    reader.drop();
    for (int ticket = 0; ticket < maxPages; ticket++) {
      switch (states[ticket]) {
        case LOADING -> {
          giveUpLoad(ticket);
          states[ticket] = FREE;
          readEvents[ticket] = null;
        }
        case JOINED, ARRIVED, HELD -> free(ticket);
        default -> {}
      }
    }
    joinedCount = 0;
    arrivedCount = 0;
    pending = 0;
    counts.clearInFlight();
    readsQueued = false;
  }

  /// What the session has done so far.
  SessionCounts counts() {
    return counts;
  }

  /// Pins that this session has.
  int pins() {
    int pins = 0;
    for (int ticket = 0; ticket < maxPages; ticket++) {
      if (states[ticket] != FREE && failures[ticket] == null) {
        pins++;
      }
    }
    return pins;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  private void requireState(int ticket, byte state, String otherwise) {
    if (states[ticket] != state) {
      throw new IllegalStateException("the ticket is %s: ticket=%d".formatted(otherwise, ticket));
    }
  }

  private int heldFrame(int ticket) {
    if (states[ticket] != HELD || failures[ticket] != null) {
      throw new IllegalStateException("no page is held: ticket=" + ticket);
    }
    return frames[ticket];
  }

  private void free(int ticket) {
    states[ticket] = FREE;
    if (failures[ticket] == null) {
      table.unpin(frames[ticket]);
    } else {
      failures[ticket] = null;
    }
  }

  /// Pins the ticket's page, or joins its load, or claims and queues it.
  ///
  /// @return whether the page is resident
  private boolean obtain(int ticket) {
    int page = pages[ticket];
    while (true) {
      int entry = table.entry(page);
      if (FrameTable.isEmpty(entry)) {
        int frame = cache.takeFrame();
        if (table.claim(page, frame)) {
          load(ticket, frame);
          return false;
        }
      } else {
        int frame = FrameTable.frameOf(entry);
        if (!table.tryPin(frame)) {
          LockSupport.parkNanos(PageCache.PAUSE_NANOS);
        } else {
          int pinnedEntry = table.entry(page);
          if (!FrameTable.isEmpty(pinnedEntry) && FrameTable.frameOf(pinnedEntry) == frame) {
            frames[ticket] = frame;
            return !FrameTable.isLoading(pinnedEntry) || join(ticket);
          }
          table.unpin(frame);
        }
      }
      // Another session is between two steps on this page.
      Thread.onSpinWait();
    }
  }

  private boolean join(int ticket) {
    states[ticket] = JOINED;
    joined[joinedCount++] = ticket;
    return false;
  }

  private void load(int ticket, int frame) {
    frames[ticket] = frame;
    states[ticket] = LOADING;
    boolean queued = false;
    try {
      reader.submit(pages[ticket], cache.frame(frame), ticket);
      queued = true;
      readsQueued = true;
      readEvents[ticket] = PageReadEvent.begun();
      counts.countInFlight(1);
    } finally {
      if (!queued) {
        giveUpLoad(ticket);
        states[ticket] = FREE;
      }
    }
  }

  private void giveUpLoad(int ticket) {
    table.abandon(pages[ticket], frames[ticket]);
    cache.gate().settled(pages[ticket]);
  }

  private void countHit(int frame) {
    counts.countHit();
    if (--hitsUntilTouch == 0) {
      hitsUntilTouch = HITS_PER_TOUCH;
      cache.policy().touch(table.key(frame));
    }
  }

  /// Takes what was read; waits if tickets are missing and joined ones cannot make up for them.
  private void awaitReads(int missing) {
    int min = missing == 0 ? 0 : Math.max(1, Math.min(missing - joinedCount, reader.inFlight()));
    readsQueued = false;
    int count = reader.await(min, readTickets, readFailures);
    for (int i = 0; i < count; i++) {
      IOException failure = readFailures[i];
      if (failure == null) {
        publish(readTickets[i]);
      } else {
        readFailures[i] = null;
        fail(readTickets[i], failure);
      }
    }
  }

  private void publish(int ticket) {
    int page = pages[ticket];
    int frame = frames[ticket];
    Integer key = page;
    table.publish(page, frame, key);
    readHere[ticket] = true;
    counts.countRead();
    endRead(ticket, null);
    arrive(ticket);
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

  private void fail(int ticket, IOException failure) {
    giveUpLoad(ticket);
    failures[ticket] = failure;
    endRead(ticket, failure);
    arrive(ticket);
  }

  private void endRead(int ticket, @Nullable IOException failure) {
    counts.countInFlight(-1);
    PageReadEvent event = readEvents[ticket];
    if (event != null) {
      readEvents[ticket] = null;
      event.ended(cache.file(), pages[ticket], failure);
    }
  }

  private void arriveJoined(int ticket) {
    counts.countJoin();
    arrive(ticket);
  }

  private void arrive(int ticket) {
    states[ticket] = ARRIVED;
    int at = arrivedHead + arrivedCount++;
    arrived[at < maxPages ? at : at - maxPages] = ticket;
  }

  /// Looks after the joined tickets: those whose page is there arrive; those whose loader failed
  /// ask again.
  private void settleJoined() {
    for (int i = joinedCount - 1; i >= 0; i--) {
      int ticket = joined[i];
      int frame = frames[ticket];
      int entry = table.entry(pages[ticket]);
      boolean sameFrame = !FrameTable.isEmpty(entry) && FrameTable.frameOf(entry) == frame;
      if (sameFrame && FrameTable.isLoading(entry)) {
        continue;
      }
      joined[i] = joined[--joinedCount];
      if (sameFrame) {
        arriveJoined(ticket);
        continue;
      }
      table.unpin(frame);
      askAgain(ticket);
    }
  }

  private void askAgain(int ticket) {
    try {
      if (obtain(ticket)) {
        arriveJoined(ticket);
      }
    } catch (IllegalStateException e) {
      // The file was closed meanwhile. The other tickets may still have their pages.
      failures[ticket] = new IOException("a page could not be asked for again", e);
      arrive(ticket);
    }
  }
}
