package com.omendb.tools;

import com.omendb.datasets.GroundTruth;
import com.omendb.datasets.VectorFile;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen groundtruth`: the exact neighbours of every query, by looking at every vector.
@CommandLine.Command(
    name = "groundtruth",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Compute the exact nearest neighbours of every query.",
      "Writes their rows to OUT.ibin and the distances beside it, to OUT.distances.fbin."
    },
    footer = {"", "Example:", "  omen groundtruth base.u8bin q.u8bin gt.ibin --k 100 --metric l2"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class GroundTruthCommand extends Command {
  @Parameters(index = "0", paramLabel = "BASE", description = "The vectors to look through.")
  private Path base;

  @Parameters(index = "1", paramLabel = "QUERIES", description = "The queries.")
  private Path queries;

  @Parameters(index = "2", paramLabel = "OUT", description = "The .ibin file to write.")
  private Path out;

  @Option(
      names = "--k",
      defaultValue = "100",
      paramLabel = "K",
      description = "Neighbours of each query.")
  private int k;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      converter = Converters.MetricName.class,
      description = "Distance: l2, ip (inner product) or cosine; default: as BASE says, else l2.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Metric metric;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of BASE; row FROM gets the id 0.")
  private @Nullable RowRange rows;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; default: one a processor.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--overwrite", description = "Replace output files that are there.")
  private boolean overwrite;

  GroundTruthCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    if (k < 1 || threads < 1) {
      throw wrongUsage("k and threads are at least 1: k=" + k + ", threads=" + threads);
    }
    List<Path> outputs = List.of(out, GroundTruth.distancesFile(out));
    Outputs.check(outputs, overwrite, List.of(base, queries));
    long start = System.nanoTime();
    MetricChoice choice = MetricChoice.of(metric, base, this::warn);
    GroundTruth truth;
    try (VectorFile baseFile = Inputs.vectors(base, rows);
        VectorFile queryFile = VectorFile.openQueries(queries);
        ProgressPrinter progress = progress()) {
      truth =
          GroundTruth.compute(
              baseFile.vectors(), queryFile.vectors(), choice.metric(), k, threads, progress);
      Outputs.check(outputs, overwrite, List.of(base, queries));
      truth.write(out);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json()) {
      println(
          new JsonObject()
              .put("path", out.toString())
              .put("queryCount", truth.queryCount())
              .put("k", truth.k())
              .put("metric", choice.metric().label())
              .put("seconds", seconds, 3));
    } else {
      println(
          String.format(
              Locale.ROOT,
              "wrote %s: the %d nearest of %,d queries, distance %s, in %.1f s",
              out,
              truth.k(),
              truth.queryCount(),
              choice.text(),
              seconds));
    }
  }
}
