package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.WrongTruthException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.tools.eval.RecallProbe;
import com.omendb.tools.eval.TruthTrial;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.Failures;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.tools.report.RecallChange;
import com.omendb.tools.report.RepairPrinter;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen repair`: a whole index out of what is left of a damaged one.
@CommandLine.Command(
    name = "repair",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Make a whole index, in a new directory, of what is left of a damaged one.",
      "",
      "The rest is computed from what is left. Lost vectors come from --source; without it",
      "the new index lacks them, and their ids are listed. The damaged index is not changed."
    },
    footer = {
      "",
      "With --queries, recall is reported before and after the repair: against --truth, or against",
      "exact neighbours computed from --source. Searches of the damaged index are degraded:",
      "they skip the lost pages.",
      "",
      "Example:",
      "  omen repair index repaired --source base.u8bin --queries q.u8bin --truth gt.ibin"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class RepairCommand extends Command {
  @Parameters(index = "0", paramLabel = "INDEX", description = "The damaged index directory.")
  private Path index;

  @Parameters(index = "1", paramLabel = "NEW", description = "The index directory to create.")
  private Path target;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description = "The vectors that the index was built from.")
  private @Nullable Path source;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of the source, as in the build.")
  private @Nullable RowRange rows;

  @Mixin private MemoryOption memory;

  @Mixin private ThreadsOption threads;

  @Option(names = "--queries", paramLabel = "FILE", description = "Queries to measure recall with.")
  private @Nullable Path queries;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Their exact neighbours: .ibin or .ivecs, as omen groundtruth writes them.")
  private @Nullable Path truth;

  @Option(names = "--k", defaultValue = "10", paramLabel = "K", description = "Neighbours wanted.")
  private int k;

  @Option(
      names = "--search-list-size",
      defaultValue = "50",
      paramLabel = "L",
      description = "Candidates kept by the searches that measure recall.")
  private int searchListSize;

  public RepairCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    RepairOptions options =
        usage(
            () ->
                RepairOptions.builder()
                    .memoryBudgetBytes(memory.bytes())
                    .threads(threads.count())
                    .build());
    if (queries != null && truth == null && source == null) {
      throw wrongUsage("recall needs --truth, or --source to compute it with");
    }
    if (rows != null && source == null) {
      throw wrongUsage("--rows are rows of --source");
    }
    RepairPrinter printer = repair(options);
    if (json()) {
      println(printer.json());
    } else {
      printer.lines().forEach(this::println);
    }
  }

  // What is printed comes behind the progress, which ends with this.
  private RepairPrinter repair(RepairOptions options) throws IOException {
    try (ProgressPrinter progress = progress();
        VectorFile sourceFile = source == null ? null : Inputs.vectors(source, rows)) {
      Optional<VectorSource> vectors = Optional.ofNullable(sourceFile).map(VectorFile::vectors);
      RepairReport report = AnnIndex.repair(index, target, vectors, options, progress);
      RecallChange recall =
          queries == null ? null : recall(queries, vectors.orElse(null), progress);
      return new RepairPrinter(report, recall);
    }
  }

  private RecallChange recall(Path queryPath, @Nullable VectorSource base, ProgressPrinter progress)
      throws IOException {
    try (VectorFile queryFile = VectorFile.openQueries(queryPath)) {
      VectorSource vectors = queryFile.vectors();
      GroundTruth exact;
      try {
        exact = exactNeighbours(vectors, base, progress);
      } catch (WrongTruthException e) {
        // The repair is done, so that its report is not lost for this.
        RecallChange.Measured nothing = new RecallChange.Measured(null, Failures.describe(e));
        return new RecallChange(k, searchListSize, nothing, nothing);
      }
      RecallProbe probe = new RecallProbe(vectors, exact, k, searchListSize, openOptions());
      RecallChange.Measured damaged;
      try {
        damaged = new RecallChange.Measured(probe.run(index, "search damaged index", progress), "");
      } catch (IOException e) {
        damaged = new RecallChange.Measured(null, Failures.describe(e));
      }
      return new RecallChange(
          k,
          searchListSize,
          damaged,
          new RecallChange.Measured(probe.run(target, "search repaired index", progress), ""));
    }
  }

  private GroundTruth exactNeighbours(
      VectorSource vectors, @Nullable VectorSource base, ProgressPrinter progress)
      throws IOException {
    if (truth != null) {
      TruthTrial trial = new TruthTrial(vectors, GroundTruth.read(truth), k);
      try (AnnIndex open = AnnIndex.open(target, openOptions())) {
        MetricChoice.requireSame(truth, open.info().metric());
        TruthTrial.Outcome outcome = trial.run(open, progress);
        outcome.notes().forEach(this::warn);
        return outcome.truth();
      }
    }
    if (base == null) {
      throw wrongUsage("recall needs --truth, or --source to compute it with");
    }
    try (AnnIndex open = AnnIndex.open(target, openOptions())) {
      return GroundTruth.compute(base, vectors, open.info().metric(), k, threads.count(), progress);
    }
  }

  // Pages are read as searches need them: an index that is damaged could not be loaded whole.
  private OpenOptions openOptions() {
    return OpenOptions.builder()
        .memoryBudgetBytes(memory.bytes())
        .maxSearchers(1)
        .tuning(t -> t.residency(Residency.GRAPH))
        .build();
  }
}
