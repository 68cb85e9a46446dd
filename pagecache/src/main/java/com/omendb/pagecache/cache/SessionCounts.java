package com.omendb.pagecache.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts of a session: only its owner writes them and any thread reads them, so counting is as
/// cheap as a plain field.
final class SessionCounts {
  private static final VarHandle HITS = longField("hits");
  private static final VarHandle READS = longField("reads");
  private static final VarHandle JOINS = longField("joins");
  private static final VarHandle READS_IN_FLIGHT = longField("readsInFlight");

  private long hits;
  private long reads;
  private long joins;
  private long readsInFlight;

  private static VarHandle longField(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(SessionCounts.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// A page was resident.
  void countHit() {
    HITS.setOpaque(this, hits + 1);
  }

  /// A page was read.
  void countRead() {
    READS.setOpaque(this, reads + 1);
  }

  /// A page came with a read for another ticket or session.
  void countJoin() {
    JOINS.setOpaque(this, joins + 1);
  }

  /// So many more pages are being read; fewer, if negative.
  void countInFlight(int change) {
    READS_IN_FLIGHT.setOpaque(this, readsInFlight + change);
  }

  /// No page is being read any more.
  void clearInFlight() {
    READS_IN_FLIGHT.setOpaque(this, 0L);
  }

  /// Pages found resident.
  long hits() {
    return (long) HITS.getOpaque(this);
  }

  /// Pages read.
  long reads() {
    return (long) READS.getOpaque(this);
  }

  /// Pages that came with a read for another ticket or session.
  long joins() {
    return (long) JOINS.getOpaque(this);
  }

  /// Pages that are being read.
  long readsInFlight() {
    return (long) READS_IN_FLIGHT.getOpaque(this);
  }
}
