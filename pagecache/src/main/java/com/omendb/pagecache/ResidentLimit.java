package com.omendb.pagecache;

import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.log.LogCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Keeps what is resident of this process below a bound while a job works on mapped files larger
/// than that: a thread looks four times a millisecond, and when the bound is passed, the files
/// under its care are let go of. They stay in the operating system's cache, which gives memory up
/// by itself when others need it, and are mapped again where they are touched again.
///
/// Only mapped files can be let go of; what else the process holds must fit by itself. Does nothing
/// where the system is not Linux. Thread-safe.
public final class ResidentLimit implements AutoCloseable {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long INTERVAL_NANOS = 250_000;
  private static final int OS_PAGE_BYTES = 4096;

  private final long limitBytes;
  private final List<MemorySegment> regions = new ArrayList<>();
  private final @Nullable Thread watcher;
  private volatile boolean closed;
  private final AtomicLong releases = new AtomicLong();

  /// Begins to watch.
  ///
  /// @param limitBytes what may be resident, heap and code included, before files are let go of
  public ResidentLimit(long limitBytes) {
    this.limitBytes = limitBytes;
    this.watcher =
        LinuxCalls.unavailableReason() == null
            ? Thread.ofPlatform().name("omen-memory").daemon().start(this::watch)
            : null;
  }

  /// Puts a mapped file under care.
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

  /// Takes a mapped file out of care. Once this returns it is not touched any more.
  public void remove(MemorySegment mapped) {
    synchronized (regions) {
      regions.remove(mapped);
    }
  }

  /// How often files were let go of.
  public long releases() {
    return releases.get();
  }

  /// Lets go of all files under care now.
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
      throw new IllegalStateException("mapped pages cannot be let go of", e);
    }
  }

  // Parts with what it holds after a failure: the job goes on, only its memory is not bounded.
  private void watch() {
    ByteBuffer line = ByteBuffer.allocateDirect(128);
    try (FileChannel statm = FileChannel.open(STATM)) {
      while (!closed) {
        line.clear();
        statm.read(line, 0);
        if (residentPages(line) * OS_PAGE_BYTES > limitBytes) {
          release();
          releases.incrementAndGet();
        }
        LockSupport.parkNanos(INTERVAL_NANOS);
      }
    } catch (IOException | RuntimeException e) {
      LogCode.MEMORY_UNWATCHED.log(e);
    }
  }

  // The second number of the line.
  private static long residentPages(ByteBuffer line) {
    long number = 0;
    int spaces = 0;
    for (line.flip(); line.hasRemaining() && spaces < 2; ) {
      byte letter = line.get();
      if (letter == ' ') {
        spaces++;
      } else if (spaces == 1) {
        number = number * 10 + letter - '0';
      }
    }
    return number;
  }

  /// Ends the watch. A second call does nothing.
  @Override
  public void close() {
    closed = true;
    if (watcher == null) {
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
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
