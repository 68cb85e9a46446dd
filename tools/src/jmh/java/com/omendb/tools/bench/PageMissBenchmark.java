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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Pages a second that one thread gets through a cache of a hundredth of the file, with so many
/// random ones asked for at any time: device, ring, checksum, page table and policy. To compare
/// with what the device gives to `fio` (random reads of 4 KiB, direct, io_uring) in the same
/// minute, and only then.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageMissBenchmark {
  private static final int PAGE_COUNT = 70_000;
  private static final int ARRIVALS = 256;

  /// Pages asked for at any time.
  @Param({"1", "4", "16", "64"})
  public int depth;

  private final SplittableRandom random = new SplittableRandom(42);
  private BenchmarkPages pages;
  private PageCache cache;
  private PageRequests requests;
  private int[] arrived;

  /// Writes the file and asks for the first pages.
  @Setup(Level.Trial)
  public void setUp() throws IOException {
    pages = new BenchmarkPages(PAGE_COUNT);
    long frames = depth + PAGE_COUNT / 100;
    cache = new PageCache(pages.file(), frames * pages.file().pageBytes(), depth);
    requests = cache.newSession(depth);
    arrived = new int[depth];
    for (int ticket = 0; ticket < depth; ticket++) {
      askAnother(ticket);
    }
  }

  /// Frees the cache and deletes the file.
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    requests.close();
    cache.close();
    pages.close();
  }

  /// Pages that arrive, each followed by another request. A wake-up for a quarter of the tickets
  /// keeps the device busy meanwhile.
  @Benchmark
  @OperationsPerInvocation(ARRIVALS)
  public long arrivals() throws IOException {
    long sum = 0;
    for (int done = 0; done < ARRIVALS; ) {
      int count = requests.await(Math.max(1, depth / 4), arrived);
      for (int i = 0; i < count; i++) {
        int ticket = arrived[i];
        IOException failure = requests.failure(ticket);
        if (failure != null) {
          throw failure;
        }
        sum += requests.address(ticket);
        requests.release(ticket);
        askAnother(ticket);
      }
      done += count;
    }
    return sum;
  }

  private void askAnother(int ticket) {
    while (requests.request(random.nextInt(PAGE_COUNT), ticket)) {
      requests.release(ticket);
    }
  }
}
