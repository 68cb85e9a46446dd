package com.omendb.diskann.search;

import com.omendb.pagecache.PageRequests;
import com.omendb.vectors.SearchRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Runs searches through the pages, each in a lane of its own, over one set of page requests: while
/// some wait for their pages others compute, and what all of them want is asked for together.
///
/// Memory for the scratch of a lane is taken when the lane is first used.
final class PagedRunner implements QueryRunner {
  /// Heap and native bytes of a lane besides its table: lists, sets and scratch.
  private static final long LANE_BYTES = 192 << 10;

  private final BaseLayer base;
  private final EntrySelector entrySelector;
  private final Arena arena = Arena.ofShared();
  private final PageRequests requests;
  private final Lane[] lanes;
  private final int[] freeTickets;
  private int freeTicketCount;
  private final Lane[] laneOfTicket;
  private final int[] pageOfTicket;
  private final int[] arrived;
  private final int[] resident = new int[SearchRequest.MAX_BEAM_WIDTH];
  private final int[] wanted = new int[SearchRequest.MAX_BEAM_WIDTH];
  private int lanesUnderWay;

  /// A query and what it belongs to.
  private static final class Lane {
    final PagedQuery query;
    @Nullable QueryCall call;
    @Nullable Throwable failure;
    boolean mayChoose;

    Lane(PagedQuery query) {
      this.query = query;
    }
  }

  PagedRunner(BaseLayer base, EntrySelector entrySelector, int laneCount) {
    this.base = base;
    this.entrySelector = entrySelector;
    this.lanes = new Lane[laneCount];
    int tickets = ticketCount(laneCount);
    this.requests = base.cache().newAsyncSession(tickets);
    this.freeTickets = new int[tickets];
    this.laneOfTicket = new Lane[tickets];
    this.pageOfTicket = new int[tickets];
    this.arrived = new int[tickets];
    Arrays.setAll(freeTickets, i -> i);
    this.freeTicketCount = tickets;
  }

  /// Pages that the lanes of a runner may have asked for together.
  static int ticketCount(int laneCount) {
    return Math.max(SearchRequest.MAX_BEAM_WIDTH, Navigation.GROUPS.beamWidth() * laneCount);
  }

  /// Heap and native bytes of a runner.
  ///
  /// @param tableBytes of the distance table of a query
  static long bytes(int laneCount, long tableBytes) {
    return laneCount * (LANE_BYTES + tableBytes);
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
  public void start(QueryCall call) {
    Lane lane = idleLane();
    lane.call = call;
    lane.failure = null;
    lanesUnderWay++;
    try {
      lane.query.begin(call.request());
    } catch (RuntimeException e) {
      lane.failure = e;
    }
    pump(lane);
  }

  private Lane idleLane() {
    for (int i = 0; i < lanes.length; i++) {
      Lane lane = lanes[i];
      if (lane == null) {
        lane = new Lane(new PagedQuery(base, entrySelector, arena));
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
    int count = requests.await(1, arrived);
    for (int i = 0; i < count; i++) {
      arrive(arrived[i]);
    }
    for (Lane lane : lanes) {
      if (lane != null && lane.call != null && lane.mayChoose) {
        pump(lane);
      }
    }
  }

  private void arrive(int ticket) {
    Lane lane = laneOfTicket[ticket];
    take(lane, ticket);
    lane.mayChoose = lane.query.inFlight() <= lane.query.refillBelow();
  }

  // Gives a lane the page of a held ticket.
  private void take(Lane lane, int ticket) {
    int page = pageOfTicket[ticket];
    try {
      IOException unreadable = requests.failure(ticket);
      if (lane.failure == null && unreadable == null) {
        lane.query.take(page, requests.address(ticket), requests.wasRead(ticket));
      } else {
        lane.query.landed(page);
        lane.failure = lane.failure == null ? unreadable : lane.failure;
      }
    } catch (IOException | RuntimeException e) {
      lane.failure = e;
    } finally {
      requests.release(ticket);
      freeTickets[freeTicketCount++] = ticket;
    }
  }

  // Asks for the pages that a lane wants; resident ones are taken once the others are on their way.
  private void pump(Lane lane) {
    lane.mayChoose = false;
    int resident;
    do {
      resident = lane.failure == null ? request(lane) : 0;
    } while (resident > 0);
    if (lane.query.inFlight() == 0 && !lane.mayChoose) {
      finish(lane);
    }
  }

  // Returns how many of the pages asked for were resident.
  private int request(Lane lane) {
    if (freeTicketCount == 0) {
      lane.mayChoose = true;
      return 0;
    }
    int count = lane.query.choose(wanted, freeTicketCount);
    int residentCount = 0;
    for (int i = 0; i < count; i++) {
      int ticket = freeTickets[--freeTicketCount];
      laneOfTicket[ticket] = lane;
      pageOfTicket[ticket] = wanted[i];
      if (requests.request(wanted[i], ticket)) {
        resident[residentCount++] = ticket;
      }
    }
    for (int i = 0; i < residentCount; i++) {
      take(lane, resident[i]);
    }
    return residentCount;
  }

  private void finish(Lane lane) {
    QueryCall call = lane.call;
    Throwable failure = lane.failure;
    lane.call = null;
    lanesUnderWay--;
    if (call == null) {
      return;
    }
    if (failure == null) {
      call.complete(lane.query.result());
    } else {
      call.fail(failure);
    }
  }

  @Override
  public void close() {
    requests.close();
    arena.close();
  }
}
