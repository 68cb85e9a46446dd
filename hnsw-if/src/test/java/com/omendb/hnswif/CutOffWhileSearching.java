package com.omendb.hnswif;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.OpenTuning;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A program that cuts files of an index off while threads search it, for a process of its own:
/// arguments are the directory, the end of the files' names, the residency, the read engine, and
/// the bytes to leave. It prints what came of the searches, and ends with 0 if every one gave its
/// true result, or failed with an [IOException], or said which pages it went without.
final class CutOffWhileSearching {
  static final int COUNT = 4_000;
  static final int DIMENSION = 32;
  static final int SEED = 97;

  private static final int QUERIES = 50;
  private static final int K = 10;

  // Enough for the compiler to have compiled what is in the way of the cut.
  private static final int SEARCHES_BEFORE = 4_000;
  private static final int SEARCHES_AFTER = 1_500;

  private final AtomicLong same = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong degraded = new AtomicLong();
  private final CountDownLatch warm = new CountDownLatch(2);
  private final CountDownLatch cut = new CountDownLatch(1);
  private final AnnIndex index;
  private final VectorSource queries;
  private final List<SearchResult> expected = new ArrayList<>();

  private CutOffWhileSearching(AnnIndex index, VectorSource queries) throws IOException {
    this.index = index;
    this.queries = queries;
    for (int query = 0; query < QUERIES; query++) {
      expected.add(index.search(request(query)));
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    OpenOptions options = options(directory, arguments[2], arguments[3]);
    try (Arena arena = Arena.ofShared();
        AnnIndex index = AnnIndex.open(directory, options)) {
      VectorSource queries =
          TestIndexes.queries(COUNT, DIMENSION, ElementType.UINT8, SEED, QUERIES, arena);
      List<Path> files;
      try (Stream<Path> all = Files.walk(directory)) {
        files =
            all.filter(Files::isRegularFile)
                .filter(file -> file.toString().endsWith(arguments[1]))
                .toList();
      }
      new CutOffWhileSearching(index, queries).run(files, Long.parseLong(arguments[4]));
    }
  }

  // The smallest budget, so that pages are read all the time.
  private static OpenOptions options(Path directory, String residency, String engine)
      throws IOException {
    OpenTuning.Builder tuning = OpenTuning.builder().residency(Residency.valueOf(residency));
    if (!engine.isEmpty()) {
      tuning.readEngine(ReadEngine.valueOf(engine));
    }
    OpenOptions options = OpenOptions.builder().maxSearchers(2).tuning(tuning.build()).build();
    try (AnnIndex index =
        AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build())) {
      throw new AssertionError("a byte is enough for " + index.info());
    } catch (MemoryBudgetException e) {
      return options.toBuilder().memoryBudgetBytes(e.smallestBudgetBytes()).build();
    }
  }

  private void run(List<Path> files, long bytesLeft) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      List<Future<Void>> searching = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        Callable<Void> work = searching(thread == 0);
        searching.add(executor.submit(work));
      }
      warm.await();
      for (Path file : files) {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
          bytes.setLength(Math.min(bytesLeft, bytes.length()));
        }
      }
      cut.countDown();
      for (Future<Void> thread : searching) {
        thread.get();
      }
    }
    System.out.println("same=" + same + ", failed=" + failed + ", degraded=" + degraded);
  }

  private Callable<Void> searching(boolean goesOn) {
    SplittableRandom random = new SplittableRandom(goesOn ? 1 : 2);
    return () -> {
      for (int i = 0; i < SEARCHES_BEFORE; i++) {
        search(random.nextInt(QUERIES), goesOn);
      }
      warm.countDown();
      while (cut.getCount() > 0) {
        search(random.nextInt(QUERIES), goesOn);
      }
      for (int i = 0; i < SEARCHES_AFTER; i++) {
        search(random.nextInt(QUERIES), goesOn);
      }
      return null;
    };
  }

  private void search(int query, boolean goesOn) {
    SearchResult found;
    try {
      found = index.search(request(query).toBuilder().degraded(goesOn).build());
    } catch (IOException e) {
      if (goesOn) {
        throw new AssertionError("a degraded search failed", e);
      }
      failed.incrementAndGet();
      return;
    }
    if (found.stats().skippedPages() > 0) {
      degraded.incrementAndGet();
      return;
    }
    SearchResult wanted = expected.get(query);
    if (!Arrays.equals(wanted.ids(), found.ids())
        || !Arrays.equals(wanted.distances(), found.distances())) {
      throw new AssertionError("expected " + wanted + ", found " + found);
    }
    same.incrementAndGet();
  }

  private SearchRequest request(int query) {
    return SearchRequest.of(queries, query, K);
  }
}
