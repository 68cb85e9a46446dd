package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.tools.eval.EvalPlan;
import com.omendb.tools.eval.EvalRow;
import com.omendb.tools.eval.EvalSetting;
import com.omendb.tools.eval.Evaluator;
import com.omendb.tools.option.Converters;
import com.omendb.tools.report.BuildReport;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.EvalReport;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `omen demo`: the main job from end to end on a seeded set.
@CommandLine.Command(
    name = "demo",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Do the main job on a seeded set and print its recall table.",
      "",
      "It makes vectors and queries, computes the exact neighbours, builds an index on the SSD in",
      "bounded memory, and searches it in far less."
    },
    footer = {"", "Example:", "  omen demo --count 200000 --memory 32MB --keep"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class DemoCommand extends Command {
  private static final int K = 10;
  private static final double GOOD_RECALL = 0.95;
  private static final List<Integer> SEARCH_LIST_SIZES = List.of(10, 15, 20, 30, 50, 80, 120);

  @Option(
      names = "--dir",
      defaultValue = "demo",
      paramLabel = "DIR",
      description = "Folder to work in; it must not exist. Put it on the SSD.")
  private Path directory;

  @Option(
      names = "--count",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Vectors to make and index.")
  private long count;

  @Option(
      names = "--dimension",
      defaultValue = "128",
      paramLabel = "D",
      description = "Elements of each, uint8.")
  private int dimension;

  @Option(
      names = "--query-count",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Queries to make.")
  private long queryCount;

  @Option(
      names = "--kind",
      defaultValue = "hybrid",
      paramLabel = "KIND",
      description = "Kind of index.")
  private String kind;

  @Option(
      names = "--build-memory",
      defaultValue = "512MB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory the whole process may use to build.")
  private long buildMemoryBytes;

  @Option(
      names = "--memory",
      defaultValue = "16MB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory to search with: codes, layers, pages and scratch.")
  private long memoryBytes;

  @Mixin private ThreadsOption threads;

  @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "Random seed.")
  private long seed;

  @Option(names = "--keep", description = "Keep the files; else they are deleted at the end.")
  private boolean keep;

  public DemoCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException, InterruptedException {
    SyntheticOptions synthetic =
        usage(
            () ->
                new SyntheticOptions(
                    count,
                    dimension,
                    ElementType.UINT8,
                    0,
                    SyntheticOptions.DEFAULT_INTRINSIC_DIMENSION,
                    seed));
    BuildOptions build =
        usage(
            () ->
                BuildOptions.builder()
                    .kind(kind)
                    .memoryBudgetBytes(buildMemoryBytes)
                    .threads(threads.count())
                    .tuning(t -> t.seed(seed))
                    .build());
    OpenOptions open =
        usage(
            () ->
                OpenOptions.builder()
                    .memoryBudgetBytes(memoryBytes)
                    .maxSearchers(threads.count())
                    .build());
    if (count < K || queryCount < 1) {
      throw wrongUsage(
          "the demo needs vectors and queries: count=" + count + ", query-count=" + queryCount);
    }
    long start = System.nanoTime();
    try (DemoFolder folder = DemoFolder.create(directory, keep);
        ProgressPrinter progress = progressWithoutSummaries()) {
      demonstrate(folder, synthetic, build, open, progress);
      tell(String.format(Locale.ROOT, "All of it took %.0f s.", (System.nanoTime() - start) / 1e9));
      if (keep) {
        tell("The files are kept. Repeat the measurement with");
        tell(
            String.format(
                Locale.ROOT,
                "  omen eval %s --queries %s --truth %s --memory %s",
                folder.index(),
                folder.queries(),
                folder.truth(),
                memoryBytes));
      }
    }
  }

  private void demonstrate(
      DemoFolder folder,
      SyntheticOptions synthetic,
      BuildOptions build,
      OpenOptions open,
      ProgressPrinter progress)
      throws IOException, InterruptedException {
    tell(
        String.format(
            Locale.ROOT,
            "1. Making %,d vectors of %d bytes (%s) and %,d queries like them, seed %d.",
            count,
            dimension,
            ByteSize.format(count * dimension),
            queryCount,
            seed));
    SyntheticVectors.write(synthetic, folder.base(), folder.queries(), queryCount, progress);
    try (VectorFile queryFile = VectorFile.open(folder.queries())) {
      VectorSource queries = queryFile.vectors();
      GroundTruth truth;
      try (VectorFile baseFile = VectorFile.open(folder.base())) {
        VectorSource base = baseFile.vectors();
        tell("2. Computing the exact neighbours of every query, by looking at every vector.");
        truth = GroundTruth.compute(base, queries, Metric.SQUARED_L2, K, threads.count(), progress);
        truth.write(folder.truth());
        tell(
            "3. Building a "
                + kind
                + " index on the SSD, in "
                + ByteSize.format(buildMemoryBytes)
                + " of memory.");
        BuildReport report = BuildReport.ofBuild(base, folder.index(), build, progress);
        if (json()) {
          println(report.json());
        } else {
          println("   " + report.text());
        }
      }
      tell(
          String.format(
              Locale.ROOT,
              "4. Searching it in %s with %d threads; each row starts with an empty page cache.",
              ByteSize.format(memoryBytes),
              threads.count()));
      EvalPlan plan =
          new EvalPlan(
              folder.index(),
              queries,
              truth,
              K,
              threads.count(),
              open,
              false,
              EvalPlan.DEFAULT_WARM_UP,
              1);
      evaluate(plan, progress);
    }
  }

  private void evaluate(EvalPlan plan, ProgressPrinter progress)
      throws IOException, InterruptedException {
    EvalReport report = new EvalReport(K);
    try (Evaluator evaluator = new Evaluator(plan, progress)) {
      boolean begun = false;
      @Nullable EvalRow enough = null;
      for (int searchListSize : SEARCH_LIST_SIZES) {
        EvalRow row = evaluator.measure(EvalSetting.of(searchListSize));
        progress.clearLine();
        if (json()) {
          println(EvalReport.json(row));
        } else {
          if (!begun) {
            println(report.headings());
          }
          println(report.text(row));
        }
        begun = true;
        if (enough == null && row.recall() >= GOOD_RECALL) {
          enough = row;
        }
      }
      if (enough != null) {
        tell(summary(enough));
      }
    }
  }

  /// What the first row of good recall means, in a sentence.
  private String summary(EvalRow row) {
    return String.format(
        Locale.ROOT,
        "With L = %d, %.1f%% of the true %d nearest of %,d vectors are found in %.1f page reads a"
            + " query.",
        row.setting().listSize(),
        100 * row.recall(),
        row.k(),
        count,
        row.costs().pageReads());
  }

  /// Says what happens, for people.
  private void tell(String line) {
    if (!json()) {
      println(line);
    }
  }
}
