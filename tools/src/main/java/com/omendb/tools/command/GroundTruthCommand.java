package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen groundtruth`: the exact neighbours of every query, by looking at every vector.
@CommandLine.Command(
    name = "groundtruth",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Compute the exact nearest neighbours of every query.",
      "Writes their rows to gt.ibin, as --out says, and the distances to gt.distances.fbin beside"
          + " it."
    },
    footer = {
      "",
      "Example:",
      "  omen groundtruth --base base.u8bin --queries q.u8bin --out gt.ibin --k 100 --metric l2"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class GroundTruthCommand extends Command {
  @Option(
      names = "--base",
      paramLabel = "FILE",
      description = "The vectors to look through: " + Inputs.FORMATS)
  private @Nullable Path base;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description = "The queries; of .hdf5 its data set test.")
  private @Nullable Path queries;

  @Option(names = "--out", paramLabel = "FILE", description = "The .ibin file to write.")
  private @Nullable Path out;

  @Parameters(
      arity = "0..3",
      paramLabel = "FILE",
      description = "What is not named by an option, in this order: base, queries, out.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private List<Path> unnamed = new ArrayList<>();

  @Option(
      names = "--k",
      defaultValue = "100",
      paramLabel = "K",
      description = "Neighbours of each query; -1 in the places of those that the base lacks.")
  private int k;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      converter = Converters.MetricName.class,
      description =
          "Distance: l2, ip (inner product) or cosine; default: as the base says, else l2.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Metric metric;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of the base; row FROM gets the id 0.")
  private @Nullable RowRange rows;

  @Mixin private ThreadsOption threads;

  @Option(names = "--overwrite", description = "Replace existing output files.")
  private boolean overwrite;

  public GroundTruthCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    if (k < 1 || k > Content.MAX_NEIGHBOURS || threads.count() < 1) {
      throw wrongUsage(
          "k is 1.."
              + Content.MAX_NEIGHBOURS
              + " and threads at least 1: k="
              + k
              + ", threads="
              + threads.count());
    }
    List<Path> given = new ArrayList<>(unnamed);
    Path baseFile = file(base, "--base", given);
    Path queryFile = file(queries, "--queries", given);
    Path outFile = file(out, "--out", given);
    if (!given.isEmpty()) {
      throw wrongUsage("one argument too many: " + given.getFirst());
    }
    List<Path> outputs = List.of(outFile, GroundTruth.distancesFile(outFile));
    List<Path> inputs = Inputs.files(baseFile, queryFile);
    Outputs.check(outputs, overwrite, inputs);
    long start = System.nanoTime();
    MetricChoice choice = MetricChoice.of(metric, baseFile, this::warn);
    GroundTruth truth;
    try (VectorFile vectors = Inputs.vectors(baseFile, rows);
        VectorFile searched = VectorFile.openQueries(queryFile);
        ProgressPrinter progress = progress()) {
      if (k > vectors.vectors().count()) {
        warn(
            "the base has fewer vectors than neighbours are wanted, so the rest are -1: count=%d, k=%d"
                .formatted(vectors.vectors().count(), k));
      }
      truth =
          GroundTruth.compute(
              vectors.vectors(), searched.vectors(), choice.metric(), k, threads.count(), progress);
      Outputs.check(outputs, overwrite, inputs);
      truth.write(outFile);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json()) {
      println(
          new JsonObject()
              .put("path", outFile.toString())
              .put("queryCount", truth.queryCount())
              .put("k", truth.k())
              .put("metric", choice.metric().label())
              .put("seconds", seconds, 3));
    } else {
      println(
          String.format(
              Locale.ROOT,
              "wrote %s: the %d nearest of %,d queries, distance %s, in %.1f s",
              outFile,
              truth.k(),
              truth.queryCount(),
              choice.text(),
              seconds));
    }
  }

  /// The file that an option names, else the next one without a name.
  private Path file(@Nullable Path named, String option, List<Path> given) {
    if (named != null) {
      return named;
    }
    if (given.isEmpty()) {
      throw wrongUsage("missing required option: " + option + "=FILE");
    }
    return given.removeFirst();
  }
}
