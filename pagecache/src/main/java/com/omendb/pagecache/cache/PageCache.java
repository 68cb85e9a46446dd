package com.omendb.pagecache.cache;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.read.PageReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/// Keeps the pages of one [PageFile] that are worth keeping in a bounded number of off-heap frames.
///
/// Which pages stay is decided by Caffeine; a table with one int a page stands in front of it, so
/// that a hit costs a look-up and a pin. A pinned frame is never reused. Pages that sessions have
/// pinned or are loading are bounded by `maxPinned`, and as many frames are kept out of the
/// policy's hands: so a session always finds a frame, without waiting for another session to let go
/// of one.
///
/// Thread-safe; a session belongs to one thread at a time. The cache does not close its file, which
/// must stay open as long as the cache is used.
public final class PageCache implements AutoCloseable {
  /// Heap and native bytes that a frame costs besides its page, measured and rounded up: its state,
  /// page, key and place in the free stack here, and an entry of Caffeine with key, value and
  /// frequency counter, with compressed references (heaps below 32 GiB).
  private static final long FRAME_OVERHEAD_BYTES = 176;

  private static final long FIXED_OVERHEAD_BYTES = 64 << 10;

  /// A pause for the thread that is between two steps, which takes less than a microsecond.
  static final long PAUSE_NANOS = 1_000;

  private final PageFile file;
  private final ReaderFactory readers;
  private final int pageBytes;
  private final int pageCount;
  private final int maxPinned;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment frames;
  private final FrameTable table;
  private final ResidencyPolicy policy;
  private final LoadGate gate;

  private final LongAdder evictions = new LongAdder();

  private final Set<TicketSession> sessions = new HashSet<>(); // guarded by this
  private long closedSessionsHits; // guarded by this
  private long closedSessionsReads; // guarded by this
  private long closedSessionsJoins; // guarded by this
  private int promisedPages; // guarded by this
  private volatile boolean closed;

  /// @param frameBytes bound on the frames; the cache has `frameBytes / pageBytes` of them
  /// @param maxPinned frames that all sessions together may have pinned or be loading; those beyond
  ///   it, `frames - maxPinned`, hold the pages that stay
  /// @throws IllegalArgumentException when there are fewer frames than `maxPinned`
  public PageCache(PageFile file, long frameBytes, int maxPinned) {
    this(file, file::newReader, frameBytes, maxPinned);
  }

  /// As the public one, with the file's readers as the caller wants them.
  PageCache(PageFile file, ReaderFactory readers, long frameBytes, int maxPinned) {
    this.file = file;
    this.readers = readers;
    this.maxPinned = maxPinned;
    pageBytes = file.pageBytes();
    pageCount = Math.toIntExact(file.pageCount());
    if (maxPinned < 1) {
      throw new IllegalArgumentException("maxPinned=" + maxPinned);
    }
    if (frameBytes < smallestBytes(pageBytes, maxPinned)) {
      throw new IllegalArgumentException(
          "the smallest cache with maxPinned=%d takes %d bytes: frameBytes=%d"
              .formatted(maxPinned, smallestBytes(pageBytes, maxPinned), frameBytes));
    }
    // More frames than this would never be used.
    long useful = (long) pageCount + maxPinned;
    int frameCount =
        (int) Math.min(Math.min(frameBytes / pageBytes, useful), Integer.MAX_VALUE / 2);
    frames = AlignedMemory.allocatePages(arena, frameCount, pageBytes);
    table = new FrameTable(arena, pageCount, frameCount);
    gate = new LoadGate(table);
    policy = new ResidencyPolicy(frameCount - maxPinned, this::evict);
  }

  /// Makes a reader of the file for one session, given the memory that its frames lie in.
  interface ReaderFactory {
    PageReader newReader(int maxInFlight, MemorySegment frames);
  }

  /// The smallest `frameBytes` that a cache accepts; nothing stays in it. [#overheadBytes] says
  /// what it takes besides frames.
  public static long smallestBytes(int pageBytes, int maxPinned) {
    return (long) pageBytes * maxPinned;
  }

  /// About what a cache takes besides its frames, heap and native: the page table, the frames'
  /// states and the policy's bookkeeping.
  public static long overheadBytes(long pageCount, int frameCount) {
    return pageCount * Integer.BYTES + frameCount * FRAME_OVERHEAD_BYTES + FIXED_OVERHEAD_BYTES;
  }

  /// One thread's way to the pages.
  ///
  /// @param maxPages how many tickets there are: the most pages asked for and held at one time
  /// @throws IllegalArgumentException when all open sessions' `maxPages` would exceed `maxPinned`
  public PageRequests newSession(int maxPages) {
    synchronized (this) {
      requireOpen();
      if (maxPages < 1 || maxPages > maxPinned - promisedPages) {
        throw new IllegalArgumentException(
            "of maxPinned=%d other sessions have %d: maxPages=%d"
                .formatted(maxPinned, promisedPages, maxPages));
      }
      TicketSession session =
          new TicketSession(this, readers.newReader(maxPages, frames), maxPages);
      promisedPages += maxPages;
      sessions.add(session);
      return session;
    }
  }

  /// Pages read by all sessions.
  public long reads() {
    synchronized (this) {
      return closedSessionsReads + sum(SessionCounts::reads);
    }
  }

  /// Pages found resident by all sessions.
  public long hits() {
    synchronized (this) {
      return closedSessionsHits + sum(SessionCounts::hits);
    }
  }

  /// Pages that sessions wanted while others read them.
  public long joins() {
    synchronized (this) {
      return closedSessionsJoins + sum(SessionCounts::joins);
    }
  }

  /// Pages that sessions have asked the device for and not taken yet.
  public long readsInFlight() {
    synchronized (this) {
      return sum(SessionCounts::readsInFlight);
    }
  }

  private long sum(ToLongFunction<SessionCounts> count) {
    long sum = 0;
    for (TicketSession session : sessions) {
      sum += count.applyAsLong(session.counts());
    }
    return sum;
  }

  /// Pages that the policy gave up.
  public long evictions() {
    return evictions.sum();
  }

  /// Frames that hold a page, or are being filled with one.
  public int residentPages() {
    return table.frameCount() - table.freeCount();
  }

  /// How many frames there are.
  public int frameCount() {
    return table.frameCount();
  }

  /// Checks that page table, frames, pins and policy agree. For tests: it visits every page, and no
  /// fetch or release may be under way.
  ///
  /// @throws IllegalStateException when they do not
  public void assertInvariants() {
    Map<Integer, Integer> admitted = policy.snapshot();
    if (admitted.size() > table.frameCount() - maxPinned) {
      throw new IllegalStateException("more pages stay than may: pages=" + admitted.size());
    }
    long heldPins = 0;
    synchronized (this) {
      for (TicketSession session : sessions) {
        heldPins += session.pins();
      }
    }
    table.assertInvariants(heldPins, admitted);
  }

  /// Refuses further sessions and fetches; the frames go when the last session is closed. A second
  /// call does nothing.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (!sessions.isEmpty()) {
        return;
      }
    }
    arena.close();
  }

  // What follows is for sessions.

  FrameTable table() {
    return table;
  }

  LoadGate gate() {
    return gate;
  }

  ResidencyPolicy policy() {
    return policy;
  }

  PageFile file() {
    return file;
  }

  int pageCount() {
    return pageCount;
  }

  MemorySegment frame(int frame) {
    return frames.asSlice((long) frame * pageBytes, pageBytes);
  }

  long frameAddress(int frame) {
    return frames.address() + (long) frame * pageBytes;
  }

  /// A free frame for a session that holds fewer pages than it was promised. One exists, or is in
  /// the hands of a thread that is about to free it: frames beyond the policy's bound are held by
  /// sessions, whose promises the frames kept out of the policy's hands cover.
  int takeFrame() {
    int frame = table.takeFree();
    while (frame < 0) {
      policy.evictExcess();
      frame = table.takeFree();
      if (frame < 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return frame;
  }

  void sessionClosed(TicketSession session, int maxPages) {
    synchronized (this) {
      promisedPages -= maxPages;
      sessions.remove(session);
      closedSessionsHits += session.counts().hits();
      closedSessionsReads += session.counts().reads();
      closedSessionsJoins += session.counts().joins();
      if (!closed || !sessions.isEmpty()) {
        return;
      }
    }
    arena.close();
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the page cache is closed: path=" + file.path());
    }
  }

  private void evict(int frame) {
    evictions.increment();
    PageEvictionEvent.record(file, table, frame);
    table.doom(frame);
  }
}
