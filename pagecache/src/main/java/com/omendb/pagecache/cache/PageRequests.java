package com.omendb.pagecache.cache;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One thread's asynchronous way to the pages of a [PageCache], so that it can work on the pages it
/// has while others are being read.
///
/// Each page is asked for under a ticket, a number from 0 to `maxPages - 1` that the caller chooses
/// among those that are free:
///
/// | the ticket is | from | to |
/// |---|---|---|
/// | free | the start, or [#release] | [#request] |
/// | pending | `request` returns false | [#await] returns it |
/// | held | `request` returns true, or `await` returns it | `release` |
///
/// A page that several sessions, or several tickets of one session, want at one time is read once.
/// A page that cannot be read, or is damaged, fails its own ticket and no other.
///
/// While a ticket is pending, its session may be the one that loads the page for others. So a
/// thread with pending tickets should soon come back to `await`, or close; and it must not wait,
/// through another session of its own, for a page that it has pending here.
///
/// Requests, hits and arrivals allocate nothing beyond what the policy keeps of a page that was
/// read. A session belongs to one thread at a time. Waits are not ended by interrupts.
public interface PageRequests extends AutoCloseable {
  /// How many tickets there are.
  int maxPages();

  /// Asks for a page under a free ticket.
  ///
  /// @return true when the page is resident: the ticket is held at once, and `await` will not
  ///   return it. False when the next `await` reads it, or it is being read already
  /// @throws IllegalArgumentException when there is no such page
  /// @throws IllegalStateException when the ticket is not free, or session, cache or file are
  ///   closed
  boolean request(int page, int ticket);

  /// Starts all that was asked for with one system call, and waits until at least `min(minArrivals,
  /// pending())` tickets have arrived; 0 starts the reads and returns what has arrived.
  ///
  /// @param tickets receives the tickets that arrived, at most its length; the next call returns
  ///   the others
  /// @return how many tickets were filled
  /// @throws IllegalArgumentException when `tickets` is too short for `minArrivals`
  int await(int minArrivals, int[] tickets);

  /// Tickets asked for and not yet returned by [#await].
  int pending();

  /// The native address of a held ticket's page, valid until [#release].
  ///
  /// @throws IllegalStateException when the ticket is not held, or failed
  long address(int ticket);

  /// Whether the page of a held ticket was read from the device for this ticket. False: it was
  /// resident, or read for another ticket or session.
  boolean wasRead(int ticket);

  /// Why the page of a held ticket is not there, or null when it is. A ticket that failed must be
  /// released like any other.
  @Nullable IOException failure(int ticket);

  /// Releases the page of a held ticket; the ticket is free again.
  ///
  /// @throws IllegalStateException when the ticket is not held
  void release(int ticket);

  /// Waits for the reads in flight, releases all pages and returns the session's share of
  /// `maxPinned`. A second call does nothing.
  @Override
  void close();
}
