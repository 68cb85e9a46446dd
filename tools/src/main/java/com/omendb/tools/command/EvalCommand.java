package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.metrics.Metrics;
import com.omendb.tools.eval.EvalPlan;
import com.omendb.tools.eval.EvalRow;
import com.omendb.tools.eval.EvalSetting;
import com.omendb.tools.eval.Evaluator;
import com.omendb.tools.eval.Sweep;
import com.omendb.tools.eval.TruthTrial;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.NumberList;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.EvalReport;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.tools.report.RecallPlot;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen eval`: recall, rate, latency and reads over a range of settings.
@CommandLine.Command(
    name = "eval",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Measure an index: recall, queries a second, latency, page reads and memory.",
      "",
      "Every query runs once for each L. Each L starts on a freshly opened index, so with an empty",
      "page cache, unless --keep-cache is given. Recall is scored by distance over all queries."
    },
    footer = {
      "",
      "Peak RSS is the whole process's, so far: JVM, queries, ground truth and, where it was read,",
      "the base included.",
      "",
      "Example:",
      "  omen eval index --queries q.u8bin --truth gt.ibin --k 10 \\",
      "      --search-list-size 20,30,50 --threads 2 --memory 64MB"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class EvalCommand extends Command {
  @Parameters(index = "0", paramLabel = "INDEX", description = "The index directory.")
  private Path index;

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description = "The queries; of .hdf5 its data set test.")
  private Path queries;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description =
          "Their exact neighbours: .ibin or .ivecs, with distances behind or beside them, or"
              + " .hdf5.")
  private @Nullable Path truth;

  @Option(
      names = "--base",
      paramLabel = "FILE",
      description =
          "The indexed vectors, to compute the exact neighbours with where they lack: "
              + Inputs.FORMATS)
  private @Nullable Path base;

  @Option(names = "--k", defaultValue = "10", paramLabel = "K", description = "Neighbours wanted.")
  private int k;

  @Option(
      names = "--search-list-size",
      converter = NumberList.Ints.class,
      paramLabel = "L,L,...",
      description = "Candidates kept, one or more; default: a sweep from recall 0.8 to 0.999.")
  private @Nullable NumberList<Integer> searchListSizes;

  @Mixin private EffortOptions effort;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that search; default: one a processor.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--memory",
      defaultValue = "1GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory for codes, layers, pages and scratch.")
  private long memoryBytes;

  @Mixin private ServingOptions serving;

  @Option(
      names = "--warm",
      defaultValue = "" + EvalPlan.DEFAULT_WARM_UP,
      paramLabel = "N",
      description = "Queries before the first L, for the compiler; default: 1000 and 2 seconds.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private long warmUpQueries;

  @Option(
      names = "--batch",
      defaultValue = "1",
      paramLabel = "N",
      description = "Queries that a thread gives to the index at a time, to be searched together.")
  private int batchSize;

  @Option(names = "--keep-cache", description = "Keep one index open: pages stay in memory.")
  private boolean keepCache;

  @Option(
      names = "--buffered",
      description = "Read pages through the operating system's cache, not with O_DIRECT.")
  private boolean buffered;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Write a picture of recall against reads, or time, as .svg.")
  private @Nullable Path plot;

  @Option(names = "--overwrite", description = "Replace the picture if it exists.")
  private boolean overwrite;

  public EvalCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException, InterruptedException {
    serving.check(this);
    List<SearchKnobs> knobs = usage(this::knobs);
    OpenOptions options = usage(this::openOptions);
    if (truth == null && base == null) {
      throw wrongUsage("recall needs --truth, or --base to compute it with");
    }
    Path picture = plot;
    if (picture != null) {
      Outputs.check(List.of(picture), overwrite, List.of(queries));
    }
    try (ProgressPrinter progress = progressWithoutSummaries();
        VectorFile queryFile = VectorFile.openQueries(queries)) {
      VectorSource vectors = queryFile.vectors();
      GroundTruth exact = exactNeighbours(vectors, options, progress);
      if (k > exact.k() && exact.k() == indexCount(options)) {
        k = exact.k(); // All that there are.
      }
      EvalPlan plan =
          new EvalPlan(
              index, vectors, exact, k, threads, options, keepCache, warmUpQueries, batchSize);
      try (Evaluator evaluator = new Evaluator(plan, progress)) {
        EvalPrinter printer = new EvalPrinter(k, progress);
        if (searchListSizes == null) {
          sweep(evaluator, printer);
        } else {
          for (SearchKnobs knob : knobs) {
            printer.print(evaluator.measure(knob.setting()));
          }
        }
        progress.clearLine();
        serving.printMetrics(this);
        if (picture != null) {
          Files.writeString(picture, printer.picture.svg());
        }
      }
    }
  }

  private long indexCount(OpenOptions options) throws IOException {
    try (AnnIndex open = AnnIndex.open(index, options)) {
      return open.info().count();
    }
  }

  private List<SearchKnobs> knobs() {
    if (searchListSizes == null) {
      return List.of(effort.knobs(k, k));
    }
    return searchListSizes.values().stream()
        .map(searchListSize -> effort.knobs(k, searchListSize))
        .toList();
  }

  private OpenOptions openOptions() {
    if (warmUpQueries < EvalPlan.DEFAULT_WARM_UP) {
      throw new IllegalArgumentException("warm is negative: warm=" + warmUpQueries);
    }
    return serving.apply(
        OpenOptions.builder()
            .memoryBudgetBytes(memoryBytes)
            .maxSearchers(threads)
            .tuning(t -> t.directIo(!buffered))
            .build());
  }

  private GroundTruth exactNeighbours(
      VectorSource vectors, OpenOptions options, ProgressPrinter progress) throws IOException {
    if (truth != null) {
      GroundTruth read = GroundTruth.read(truth);
      if (read.hasDistances() || base == null) {
        return proven(truth, read, vectors, options, progress);
      }
    }
    if (base == null) {
      throw wrongUsage("recall needs --truth, or --base to compute it with");
    }
    try (AnnIndex open = AnnIndex.open(index, options);
        VectorFile baseFile = VectorFile.open(base)) {
      return GroundTruth.compute(
          baseFile.vectors(),
          vectors,
          open.info().metric(),
          (int) Math.min(k, open.info().count()),
          threads,
          progress);
    }
  }

  private GroundTruth proven(
      Path file,
      GroundTruth read,
      VectorSource vectors,
      OpenOptions options,
      ProgressPrinter progress)
      throws IOException {
    TruthTrial trial = new TruthTrial(vectors, read, k);
    // These searches are not among those that --metrics counts.
    try (AnnIndex open = AnnIndex.open(index, options.toBuilder().metrics(Metrics.NONE).build())) {
      MetricChoice.requireSame(file, open.info().metric());
      TruthTrial.Outcome outcome = trial.run(open, progress);
      progress.clearLine();
      outcome.notes().forEach(this::warn);
      return outcome.truth();
    }
  }

  private void sweep(Evaluator evaluator, EvalPrinter printer)
      throws IOException, InterruptedException {
    int limit = SearchRequest.MAX_SEARCH_LIST_SIZE;
    List<Integer> sizes = Sweep.plan(k, limit, size -> evaluator.pilotRecall(setting(size)));
    double recall = 0;
    int size = 0;
    for (int planned : sizes) {
      size = planned;
      recall = printer.print(evaluator.measure(setting(size)));
    }
    double before = 0;
    while (recall < Sweep.HIGH_RECALL && recall > before && size < limit) {
      before = recall;
      size = Sweep.next(size, limit);
      recall = printer.print(evaluator.measure(setting(size)));
    }
  }

  private EvalSetting setting(int searchListSize) {
    return effort.knobs(k, searchListSize).setting();
  }

  /// Prints each row when it is measured.
  private final class EvalPrinter {
    private final EvalReport report;
    private final ProgressPrinter progress;
    private final RecallPlot picture;
    private boolean begun;

    EvalPrinter(int k, ProgressPrinter progress) {
      this.report = new EvalReport(k);
      this.progress = progress;
      this.picture =
          new RecallPlot(
              "%s, %s of memory".formatted(index.getFileName(), ByteSize.format(memoryBytes)), k);
    }

    /// Prints a row and returns its recall.
    double print(EvalRow row) {
      progress.clearLine();
      picture.add(
          row.setting().listSize(), row.recall(), row.costs().pageReads(), row.latencyMicrosMean());
      if (json()) {
        println(EvalReport.json(row));
      } else {
        if (!begun) {
          println(report.headings());
        }
        println(report.text(row));
      }
      begun = true;
      double skipped = row.costs().skippedPages() * row.queryCount();
      if (skipped > 0) {
        warn("pages could not be read and were left out: skippedPages=%.0f".formatted(skipped));
      }
      return row.recall();
    }
  }
}
