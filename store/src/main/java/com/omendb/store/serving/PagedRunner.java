package com.omendb.store.serving;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnreadablePageException;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.cache.PageRequests;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchTuning;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs searches through the pages, each in a lane of its own, over one set of page requests: while
/// some wait for their pages others compute, and what all of them want is asked for together.
///
/// A lane takes its pages in the order in which it has asked for them, whichever arrives first, so
/// that what a search finds does not depend on the device, on the cache or on other searches.
///
/// Memory for the scratch of a lane is taken when the lane is first used.
public final class PagedRunner implements QueryRunner {
  /// Pages that a lane may have asked for, where there are several.
  private static final int PAGES_OF_A_LANE = 8;

  private static final int NO_TICKET = -1;

  /// Pages of a lone search that go on their way together: a device may report the reads of one
  /// submission only when all of them are done, so that smaller ones let the first be taken while
  /// the last are still read. Side by side, other searches fill the wait and fewer calls are
  /// better.
  private static final int SENT_TOGETHER = 4;

  private final Function<Arena, PageWalk> walks;
  private final Arena arena = Arena.ofShared();
  private final PageRequests requests;
  private final @Nullable Lane[] lanes;
  private final int[] freeTickets;
  private int freeTicketCount;
  private final boolean[] arrived;
  private final int[] arrivedTickets;
  private final QueryVector checked;
  private @Nullable Throwable breakdown;
  private final int[] chosen = new int[SearchTuning.MAX_BEAM_WIDTH];
  private int lanesUnderWay;
  // Whether pages were asked for that are not on their way yet.
  private boolean asked;
  // Pages asked for since they were last sent on their way.
  private int unsent;

  /// A walk and the pages that it has asked for, oldest first.
  private static final class Lane {
    final PageWalk walk;
    final int[] pages = new int[SearchTuning.MAX_BEAM_WIDTH];
    final int[] tickets = new int[SearchTuning.MAX_BEAM_WIDTH];
    int first;
    int count;
    // Of the pages so many, the newest, have no ticket yet.
    int withoutTicket;
    @Nullable QueryCall call;
    @Nullable Throwable failure;

    Lane(PageWalk walk) {
      this.walk = walk;
    }

    int slot(int i) {
      return (first + i) % pages.length;
    }
  }

  /// A runner of walks through the pages of a cache.
  ///
  /// @param walks makes the walk of a lane, with memory that lives as long as the runner
  /// @param form of queries
  /// @param cache from which pages come
  /// @param laneCount searches side by side
  public PagedRunner(
      Function<Arena, PageWalk> walks, QueryForm form, PageCache cache, int laneCount) {
    this.walks = walks;
    this.lanes = new Lane[laneCount];
    this.checked = new QueryVector(form, arena);
    int tickets = ticketCount(laneCount);
    this.requests = cache.newSession(tickets);
    this.freeTickets = new int[tickets];
    this.arrived = new boolean[tickets];
    this.arrivedTickets = new int[tickets];
    for (int ticket = 0; ticket < tickets; ticket++) {
      freeTickets[freeTicketCount++] = ticket;
    }
  }

  /// Pages that the lanes of a runner may have asked for together.
  public static int ticketCount(int laneCount) {
    return Math.max(SearchTuning.MAX_BEAM_WIDTH, PAGES_OF_A_LANE * laneCount);
  }

  @Override
  public boolean hasIdleLane() {
    return lanesUnderWay < lanes.length;
  }

  @Override
  public @Nullable QueryCall underWay() {
    for (Lane lane : lanes) {
      if (lane != null && lane.call != null) {
        return lane.call;
      }
    }
    return null;
  }

  @Override
  public boolean isBroken() {
    return breakdown != null;
  }

  @Override
  public void check(SearchRequest request) {
    checked.set(request);
  }

  @Override
  public void start(QueryCall call) {
    if (!hasIdleLane()) {
      throw new IllegalStateException("every lane is taken: lanes=" + lanes.length);
    }
    if (breakdown != null) {
      call.fail(new IOException("the searcher failed before: " + breakdown, breakdown));
      return;
    }
    Lane lane;
    try {
      lane = idleLane();
    } catch (RuntimeException | Error e) {
      call.fail(e);
      return;
    }
    lane.call = call;
    lane.failure = null;
    lanesUnderWay++;
    try {
      lane.walk.begin(call.task());
      choose(lane);
    } catch (RuntimeException | Error e) {
      lane.failure = e;
    }
    try {
      goOn(lane);
    } catch (RuntimeException | Error e) {
      breakDown(e);
    }
  }

  // The state of what the lanes have asked for is unknown, so none of them continues.
  @Override
  public void breakDown(Throwable e) {
    breakdown = e;
    for (Lane lane : lanes) {
      if (lane != null && lane.call != null) {
        lane.failure = e;
        finish(lane);
      }
    }
  }

  private Lane idleLane() {
    for (int i = 0; i < lanes.length; i++) {
      Lane lane = lanes[i];
      if (lane == null) {
        lane = new Lane(walks.apply(arena));
        lanes[i] = lane;
      }
      if (lane.call == null) {
        return lane;
      }
    }
    throw new IllegalStateException("every lane is taken: lanes=" + lanes.length);
  }

  @Override
  public void advance() {
    try {
      goOn();
    } catch (RuntimeException | Error e) {
      breakDown(e);
    }
  }

  private void goOn() {
    await(1);
    for (Lane lane : lanes) {
      if (lane != null && lane.call != null) {
        goOn(lane);
        if (asked && lanesUnderWay > 1) {
          // On their way while other lanes compute.
          await(0);
        }
      }
    }
  }

  private void await(int minArrivals) {
    asked = false;
    unsent = 0;
    int count = requests.await(minArrivals, arrivedTickets);
    for (int i = 0; i < count; i++) {
      arrived[arrivedTickets[i]] = true;
    }
  }

  // Takes the pages of a lane as far as they have arrived, oldest first, and asks for more.
  private void goOn(Lane lane) {
    requestWaiting(lane);
    while (lane.count > lane.withoutTicket && arrived[lane.tickets[lane.first]]) {
      takeOldest(lane);
      if (lane.failure == null && lane.count <= lane.walk.refillBelow()) {
        choose(lane);
      }
      requestWaiting(lane);
    }
    if (lane.count == 0) {
      finish(lane);
    }
  }

  private void choose(Lane lane) {
    int count = lane.walk.choose(chosen, lane.pages.length - lane.count);
    for (int i = 0; i < count; i++) {
      int slot = lane.slot(lane.count++);
      lane.pages[slot] = chosen[i];
      lane.tickets[slot] = NO_TICKET;
    }
    lane.withoutTicket += count;
  }

  // Asks for the pages of a lane that have no ticket, as far as tickets are free.
  private void requestWaiting(Lane lane) {
    if (lane.failure != null) {
      // Pages that were not asked for are not wanted any more.
      for (; lane.withoutTicket > 0; lane.withoutTicket--) {
        lane.walk.landed(lane.pages[lane.slot(--lane.count)]);
      }
      return;
    }
    for (; lane.withoutTicket > 0 && freeTicketCount > 0; lane.withoutTicket--) {
      int slot = lane.slot(lane.count - lane.withoutTicket);
      int ticket = freeTickets[--freeTicketCount];
      lane.tickets[slot] = ticket;
      arrived[ticket] = requests.request(lane.pages[slot], ticket);
      asked |= !arrived[ticket];
      if (!arrived[ticket] && ++unsent >= SENT_TOGETHER && lanesUnderWay == 1) {
        await(0);
      }
    }
  }

  private void takeOldest(Lane lane) {
    int ticket = lane.tickets[lane.first];
    int page = lane.pages[lane.first];
    lane.first = lane.slot(1);
    lane.count--;
    lane.walk.landed(page);
    try {
      if (lane.failure == null) {
        take(lane.walk, page, ticket);
      }
    } catch (IOException | RuntimeException | Error e) {
      lane.failure = e;
    } finally {
      requests.release(ticket);
      freeTickets[freeTicketCount++] = ticket;
    }
  }

  private void take(PageWalk walk, int page, int ticket) throws IOException {
    IOException unreadable = requests.failure(ticket);
    if (unreadable == null) {
      try {
        walk.take(page, requests.address(ticket), requests.wasRead(ticket));
        return;
      } catch (CorruptFileException e) {
        unreadable = e;
      }
    }
    boolean ofThePage =
        unreadable instanceof CorruptFileException || unreadable instanceof UnreadablePageException;
    if (!ofThePage || !walk.skip(page)) {
      throw unreadable;
    }
  }

  private void finish(Lane lane) {
    QueryCall call = lane.call;
    lane.call = null;
    lanesUnderWay--;
    if (call == null) {
      return;
    }
    if (lane.failure != null) {
      call.fail(lane.failure);
      return;
    }
    SearchResult result;
    try {
      result = lane.walk.result();
    } catch (RuntimeException | Error e) {
      call.fail(e);
      return;
    }
    call.complete(result);
  }

  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    try {
      requests.close();
    } finally {
      arena.close();
    }
  }
}
