package com.omendb.store.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Invariants: a time is in the one bucket whose bounds enclose it; count, sum and maximum are
/// exact, percentiles at most 1/32 above those of a sorted list and never below, and counts up to a
/// power of two exact; no time is lost when threads record at once.
class LatencyBucketsTest {
  @Test
  void everyTimeIsWithinTheBoundsOfItsBucket() {
    SplittableRandom random = Seeds.random("everyTimeIsWithinTheBoundsOfItsBucket", 1);
    for (int round = 0; round < 100_000; round++) {
      long nanos = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
      assertWithin(nanos);
    }
    for (int log = 0; log < 63; log++) {
      assertWithin((1L << log) - 1);
      assertWithin(1L << log);
      assertWithin((1L << log) + 1);
    }
    assertWithin(0);
    assertWithin(Long.MAX_VALUE);
  }

  private static void assertWithin(long nanos) {
    int bucket = LatencyBuckets.bucketOf(nanos);
    long upper = LatencyBuckets.upperNanos(bucket);
    assertTrue(nanos <= upper, () -> "nanos=" + nanos);
    assertTrue(bucket == 0 || nanos > LatencyBuckets.upperNanos(bucket - 1), () -> "" + nanos);
    assertTrue(upper - nanos <= Math.max(1, nanos / LatencyBuckets.PARTS), () -> "nanos=" + nanos);
  }

  @Test
  void percentilesAreThoseOfASortedList() {
    SplittableRandom random = Seeds.random("percentilesAreThoseOfASortedList", 2);
    for (int size : new int[] {1, 2, 7, 1_000, 20_000}) {
      LatencyBuckets buckets = new LatencyBuckets();
      long[] times = new long[size];
      for (int i = 0; i < size; i++) {
        times[i] = (long) Math.exp(random.nextDouble(25));
        buckets.record(times[i]);
      }
      Arrays.sort(times);
      LatencySnapshot snapshot = buckets.snapshot();
      assertEquals(size, snapshot.count());
      assertEquals(Arrays.stream(times).sum(), snapshot.sumNanos());
      assertEquals(times[size - 1], snapshot.maxNanos());
      for (double percent : new double[] {0.001, 1, 25, 50, 90, 99, 99.9, 100}) {
        int rank = Math.clamp((long) Math.ceil(percent / 100 * size), 1, size);
        long reference = times[rank - 1];
        long told = snapshot.percentileNanos(percent);
        assertTrue(told >= reference, () -> percent + ": " + told + " < " + reference);
        assertTrue(
            told - reference <= Math.max(1, reference / LatencyBuckets.PARTS),
            () -> percent + ": " + told + " > " + reference);
      }
      for (int log = 0; log < 40; log++) {
        long bound = 1L << log;
        assertEquals(
            Arrays.stream(times).filter(time -> time <= bound).count(),
            snapshot.countAtMost(bound));
      }
    }
  }

  @Test
  void negativeTimesCountAsNone() {
    LatencyBuckets buckets = new LatencyBuckets();
    buckets.record(-5);
    assertEquals(1, buckets.snapshot().count());
    assertEquals(0, buckets.snapshot().percentileNanos(100));
  }

  @Test
  void withoutTimesEverythingIsZero() {
    LatencySnapshot empty = new LatencyBuckets().snapshot();
    assertEquals(0, empty.count());
    assertEquals(0, empty.percentileNanos(99));
    assertEquals(0, empty.countAtMost(Long.MAX_VALUE));
    for (double percent : new double[] {0, -1, 100.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> empty.percentileNanos(percent));
    }
  }

  @Test
  void threadsLoseNoTime() {
    LatencyBuckets buckets = new LatencyBuckets();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int thread = 0; thread < 4; thread++) {
        threads.execute(
            () -> {
              for (int i = 1; i <= 10_000; i++) {
                buckets.record(i);
              }
            });
      }
    }
    LatencySnapshot snapshot = buckets.snapshot();
    assertEquals(40_000, snapshot.count());
    assertEquals(4L * 10_000 * 10_001 / 2, snapshot.sumNanos());
    assertEquals(10_000, snapshot.maxNanos());
  }
}
