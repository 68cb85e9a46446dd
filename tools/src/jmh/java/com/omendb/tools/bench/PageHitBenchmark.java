package com.omendb.tools.bench;

import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.cache.PageRequests;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/// Time to ask for a resident page and to release it: the page table, a pin, and a report to the
/// policy for every fourth; with one thread, and with two that want the same pages.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageHitBenchmark {
  private static final int PAGE_COUNT = 4096;
  private static final int WANTS = 1024;
  private static final int MAX_SESSIONS = 2;
  private static final int MAX_PAGES = 16;

  private BenchmarkPages pages;
  private PageCache cache;

  /// Reads all pages into the cache.
  @Setup(Level.Trial)
  public void setUp() throws IOException {
    pages = new BenchmarkPages(PAGE_COUNT);
    cache =
        new PageCache(
            pages.file(),
            (PAGE_COUNT + (long) MAX_SESSIONS * MAX_PAGES) * pages.file().pageBytes(),
            MAX_SESSIONS * MAX_PAGES);
    try (PageRequests requests = cache.newSession(1)) {
      for (int page = 0; page < PAGE_COUNT; page++) {
        requests.request(page, 0);
        requests.await(1, new int[1]);
        requests.release(0);
      }
    }
  }

  /// Frees the cache and deletes the file.
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    cache.close();
    pages.close();
  }

  /// A thread's session, and what it wants.
  @State(Scope.Thread)
  public static class Caller {
    private PageRequests requests;
    private final int[] wants = new int[WANTS];

    /// Opens the session.
    @Setup(Level.Trial)
    public void setUp(PageHitBenchmark benchmark) {
      requests = benchmark.cache.newSession(MAX_PAGES);
      SplittableRandom random = new SplittableRandom(System.identityHashCode(this));
      for (int i = 0; i < WANTS; i++) {
        wants[i] = random.nextInt(PAGE_COUNT);
      }
    }

    /// Closes the session.
    @TearDown(Level.Trial)
    public void tearDown() {
      requests.close();
    }
  }

  /// One thread.
  @Benchmark
  @OperationsPerInvocation(WANTS)
  public long hit(Caller caller) {
    return requestAll(caller);
  }

  /// Two threads.
  @Benchmark
  @Threads(2)
  @OperationsPerInvocation(WANTS)
  public long hitByTwo(Caller caller) {
    return requestAll(caller);
  }

  private static long requestAll(Caller caller) {
    PageRequests requests = caller.requests;
    long sum = 0;
    for (int page : caller.wants) {
      if (!requests.request(page, 0)) {
        throw new IllegalStateException("not resident: page=" + page);
      }
      sum += requests.address(0);
      requests.release(0);
    }
    return sum;
  }
}
