package com.omendb.pagecache.memory;

import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.log.LogCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Keeps the resident memory of this process below a limit while a job works on mapped files that
/// are larger. A thread checks it four times a millisecond; when the limit is passed, it drops the
/// pages of the registered files from memory. They stay in the operating system's cache, which
/// frees memory when other processes need it, and are mapped again where they are touched again.
///
/// A thread that touches files at random can map megabytes between two looks, because the operating
/// system maps what lies around a touched page as well: it calls [#touching], which checks whenever
/// enough was touched, and blocks the thread while pages are being dropped.
///
/// Only pages of mapped files can be dropped; the rest of the process must fit by itself. Does
/// nothing where the system is not Linux. Thread-safe.
public final class ResidentLimit implements AutoCloseable {
  private static final String STATM = "/proc/self/statm";
  private static final long INTERVAL_NANOS = 250_000;
  private static final int OS_PAGE_BYTES = 4096;

  // A touch was measured to map up to this much.
  private static final int TOUCH_BYTES = 150 << 10;

  // Of what is left below the bound, touches between two looks may take so much at the most.
  private static final int SHARE_OF_ROOM = 4;
  private static final int MIN_TOUCHES_A_LOOK = 64;
  private static final int MAX_TOUCHES_A_LOOK = 1 << 20;

  private final long limitBytes;
  private final List<MemorySegment> regions = new ArrayList<>();
  private final AtomicInteger touchesToLook = new AtomicInteger(MIN_TOUCHES_A_LOOK);
  private final AtomicLong releases = new AtomicLong();
  private final Object looking = new Object();
  private final byte[] line = new byte[128];
  private final @Nullable RandomAccessFile statm;
  private final @Nullable Thread watcher;
  private volatile boolean closed;

  /// Begins to watch.
  ///
  /// @param limitBytes resident bytes, heap and code included, beyond which pages are dropped
  public ResidentLimit(long limitBytes) {
    this.limitBytes = limitBytes;
    this.statm = openStatm();
    this.watcher =
        statm == null ? null : Thread.ofPlatform().name("omen-memory").daemon().start(this::watch);
  }

  private static @Nullable RandomAccessFile openStatm() {
    if (LinuxCalls.unavailableReason() != null) {
      return null;
    }
    try {
      return new RandomAccessFile(STATM, "r");
    } catch (IOException e) {
      LogCode.MEMORY_UNWATCHED.log(e);
      return null;
    }
  }

  /// Registers a mapped file.
  ///
  /// @param mapped of a mapped file; released with [#remove] before it is unmapped
  /// @throws IllegalArgumentException if the segment is not of a mapped file
  public void add(MemorySegment mapped) {
    if (!mapped.isMapped()) {
      throw new IllegalArgumentException("not of a mapped file: segment=" + mapped);
    }
    synchronized (regions) {
      regions.add(mapped);
    }
  }

  /// Removes a mapped file. Once this returns it is not touched any more.
  public void remove(MemorySegment mapped) {
    synchronized (regions) {
      regions.remove(mapped);
    }
  }

  /// How often pages were dropped.
  public long releases() {
    return releases.get();
  }

  /// Drops the pages of all registered files now.
  public void release() {
    synchronized (regions) {
      for (MemorySegment region : regions) {
        releaseWholePages(region);
      }
    }
  }

  private static void releaseWholePages(MemorySegment region) {
    long start = Math.ceilDiv(region.address(), OS_PAGE_BYTES) * OS_PAGE_BYTES;
    long end = (region.address() + region.byteSize()) / OS_PAGE_BYTES * OS_PAGE_BYTES;
    if (end <= start || LinuxCalls.unavailableReason() != null) {
      return;
    }
    try {
      LinuxCalls.adviseUnneeded(region.asSlice(start - region.address(), end - start));
    } catch (IOException e) {
      throw new IllegalStateException("mapped pages cannot be dropped from memory", e);
    }
  }

  /// To be called by a thread before it touches places of the files, wherever they are.
  ///
  /// @param places about how many
  public void touching(int places) {
    if (touchesToLook.addAndGet(-places) <= 0) {
      look();
    }
  }

  private void watch() {
    while (!closed) {
      look();
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  // After a failure the job goes on, only its memory is not bounded.
  private void look() {
    synchronized (looking) {
      if (closed || statm == null) {
        touchesToLook.set(MAX_TOUCHES_A_LOOK);
        return;
      }
      try {
        statm.seek(0);
        int length = statm.read(line);
        long room = limitBytes - residentPages(line, length) * OS_PAGE_BYTES;
        if (room < 0) {
          release();
          releases.incrementAndGet();
        }
        long touches = room / SHARE_OF_ROOM / TOUCH_BYTES;
        touchesToLook.set(Math.clamp(touches, MIN_TOUCHES_A_LOOK, MAX_TOUCHES_A_LOOK));
      } catch (IOException | RuntimeException e) {
        closed = true;
        LogCode.MEMORY_UNWATCHED.log(e);
      }
    }
  }

  // The second number of the line.
  private static long residentPages(byte[] line, int length) {
    long number = 0;
    int spaces = 0;
    for (int at = 0; at < length && spaces < 2; at++) {
      if (line[at] == ' ') {
        spaces++;
      } else if (spaces == 1) {
        number = number * 10 + line[at] - '0';
      }
    }
    return number;
  }

  /// Ends the watch. A second call does nothing.
  @Override
  public void close() {
    closed = true;
    if (watcher == null || statm == null) {
      return;
    }
    boolean interrupted = false;
    while (watcher.isAlive()) {
      try {
        watcher.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    synchronized (looking) {
      try {
        statm.close();
      } catch (IOException _) {
        // What could be read from it has been read.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
