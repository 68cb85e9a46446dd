package com.omendb.tools.bench;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.RecallScorer;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.tools.report.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Many threads that call [AnnIndex#search] of one open index for a while, as the threads of a
/// server do: every result is checked and scored, memory is sampled every second. Ends with status
/// 1 if a search failed, a result was wrong, a caller hung, or recall or memory missed its bound.
public final class Load {
  private static final String USAGE =
      """
      usage: Load --index DIR --queries FILE --truth FILE
               [--callers 64] [--seconds 60] [--warm-up 5]
               [--memory 64MB] [--max-searchers 2]   2: the number of processors
               [--list 0] [--beam-width 0] [--k 10]  0: the index chooses
               [--min-recall 0] [--max-growth SIZE]  growth: resident memory, first to last second
      """;

  /// How long callers may take to end after the last second.
  private static final long PATIENCE_MILLIS = 30_000;

  private static final int SAMPLES_A_LINE = 10;

  private final LoadPlan plan;
  private final int callerCount;
  private final double seconds;
  private final double warmUpSeconds;

  private Load(LoadPlan plan, int callerCount, double seconds, double warmUpSeconds) {
    this.plan = plan;
    this.callerCount = callerCount;
    this.seconds = seconds;
    this.warmUpSeconds = warmUpSeconds;
  }

  /// Puts an index under load.
  ///
  /// @param args see the usage message
  public static void main(String[] args) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    try {
      if (!run(new Arguments(args, 0))) {
        System.exit(1);
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
  }

  private static boolean run(Arguments arguments) throws IOException, InterruptedException {
    Path directory = arguments.path("index");
    GroundTruth truth = GroundTruth.read(arguments.path("truth"));
    int k = arguments.count("k", 10);
    Effort effort = new Effort(arguments.countOrZero("list"), arguments.countOrZero("beam-width"));
    OpenOptions options =
        OpenOptions.builder()
            .memoryBudgetBytes(arguments.bytes("memory", "64MB"))
            .maxSearchers(
                arguments.count("max-searchers", Runtime.getRuntime().availableProcessors()))
            .build();
    int callers = arguments.count("callers", 64);
    double seconds = arguments.number("seconds", 60);
    double warmUp = arguments.number("warm-up", 5);
    double minRecall = arguments.number("min-recall", 0);
    long maxGrowth = arguments.text("max-growth").map(ByteSize::parse).orElse(Long.MAX_VALUE);
    Path queryFile = arguments.path("queries");
    arguments.requireAllRead();
    try (VectorFile queries = VectorFile.open(queryFile);
        AnnIndex index = AnnIndex.open(directory, options)) {
      LoadPlan plan =
          new LoadPlan(
              index,
              index.info().count(),
              queries.vectors(),
              new RecallScorer(truth, k),
              k,
              effort,
              new AtomicLong());
      System.out.printf(
          "%d callers, %d searchers, budget %s, %.0f s after %.0f s of warm-up%n",
          callers,
          options.maxSearchers(),
          ByteSize.format(options.memoryBudgetBytes()),
          seconds,
          warmUp);
      return new Load(plan, callers, seconds, warmUp).run(minRecall, maxGrowth);
    }
  }

  private boolean run(double minRecall, long maxGrowth) throws InterruptedException {
    long countFrom = System.nanoTime() + (long) (warmUpSeconds * 1e9);
    long end = countFrom + (long) (seconds * 1e9);
    List<LoadCaller> callers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callerCount; i++) {
      LoadCaller caller = new LoadCaller(plan, countFrom, end);
      callers.add(caller);
      threads.add(Thread.ofPlatform().name("caller-", i).daemon().start(caller));
    }
    List<ProcessMemory> samples = sample(countFrom, end);
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    int hung = 0;
    for (Thread thread : threads) {
      thread.join(Math.max(1, deadline - System.currentTimeMillis()));
      hung += thread.isAlive() ? 1 : 0;
    }
    if (hung > 0) {
      System.out.println("callers that did not end: " + hung);
      // Closing the index would wait for them.
      System.exit(1);
    }
    LoadCaller.Tally tally = new LoadCaller.Tally();
    callers.forEach(caller -> tally.add(caller.tally()));
    return report(tally, samples, minRecall, maxGrowth);
  }

  /// Samples memory every second and prints every tenth.
  private static List<ProcessMemory> sample(long from, long end) throws InterruptedException {
    List<ProcessMemory> samples = new ArrayList<>();
    for (long at = from; at <= end; at += 1_000_000_000L) {
      long wait = at - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
      }
      ProcessMemory now = ProcessMemory.now();
      if (samples.size() % SAMPLES_A_LINE == 0) {
        System.out.printf("%4d s: %s%n", samples.size(), now);
      }
      samples.add(now);
    }
    return samples;
  }

  private boolean report(
      LoadCaller.Tally tally, List<ProcessMemory> samples, double minRecall, long maxGrowth) {
    LatencyHistogram latencies = tally.latencies;
    double recall = tally.recall(plan.k());
    long first = samples.getFirst().residentBytes();
    long last = samples.getLast().residentBytes();
    System.out.printf(
        "searches %d, QPS %.0f, recall@%d %.4f, errors %d%n",
        latencies.count(), latencies.count() / seconds, plan.k(), recall, tally.errors);
    System.out.printf(
        "latency us: mean %.0f, p50 %.0f, p90 %.0f, p99 %.0f, max %.0f%n",
        latencies.meanMicros(),
        latencies.percentileMicros(50),
        latencies.percentileMicros(90),
        latencies.percentileMicros(99),
        latencies.maxMicros());
    System.out.printf(
        "RSS MB: first %.1f, last %.1f, growth %.1f, peak %.1f; heap MB: %.1f to %.1f%n",
        first / 1e6,
        last / 1e6,
        (last - first) / 1e6,
        ProcessMemory.now().peakBytes() / 1e6,
        samples.stream().mapToLong(ProcessMemory::heapBytes).min().orElse(0) / 1e6,
        samples.stream().mapToLong(ProcessMemory::heapBytes).max().orElse(0) / 1e6);
    if (tally.firstError != null) {
      System.out.println("first error:");
      tally.firstError.printStackTrace(System.out);
    }
    boolean good = tally.errors == 0 && recall >= minRecall && last - first <= maxGrowth;
    System.out.println(good ? "passed" : "FAILED");
    return good;
  }
}
