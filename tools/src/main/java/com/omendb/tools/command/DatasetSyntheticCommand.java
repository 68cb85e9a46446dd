package com.omendb.tools.command;

import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.tools.option.Converters;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen dataset synthetic`: a seeded set of vectors whose recall curves look like real data's.
@CommandLine.Command(
    name = "synthetic",
    sortOptions = false,
    showDefaultValues = true,
    description = "Make a seeded set of clustered vectors, and queries that are like them.",
    footer = {
      "",
      "Example:",
      "  omen dataset synthetic base.u8bin --count 1000000 --dimension 128 \\",
      "      --queries q.u8bin --query-count 10000"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class DatasetSyntheticCommand extends Command {
  @Parameters(
      index = "0",
      paramLabel = "OUT",
      description = "The file to write; its extension says the format.")
  private Path out;

  @Option(
      names = "--count",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Vectors to make.")
  private long count;

  @Option(
      names = "--dimension",
      defaultValue = "128",
      paramLabel = "D",
      description = "Elements of each.")
  private int dimension;

  @Option(
      names = "--type",
      defaultValue = "uint8",
      paramLabel = "TYPE",
      converter = Converters.TypeName.class,
      description = "Element type: float32, uint8 or int8; must be the file format's.")
  private ElementType type;

  @Option(
      names = "--intrinsic-dimension",
      defaultValue = "" + SyntheticOptions.DEFAULT_INTRINSIC_DIMENSION,
      paramLabel = "D",
      description = "Local intrinsic dimension: the higher, the harder to search.")
  private int intrinsicDimension;

  @Option(
      names = "--clusters",
      defaultValue = "0",
      paramLabel = "N",
      description = "Clusters; 0 chooses by the count.")
  private int clusterCount;

  @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "Random seed.")
  private long seed;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description =
          "The file for queries, which are like OUT's vectors and not among them;"
              + " default: OUT with -queries before its extension.")
  private @Nullable Path queries;

  @Option(
      names = "--query-count",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Queries to make.")
  private long queryCount;

  @Option(names = "--overwrite", description = "Replace existing output files.")
  private boolean overwrite;

  DatasetSyntheticCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    SyntheticOptions options =
        usage(
            () ->
                new SyntheticOptions(
                    count, dimension, type, clusterCount, intrinsicDimension, seed));
    if (queryCount < 1) {
      throw wrongUsage("query-count must be positive: query-count=" + queryCount);
    }
    Path queryFile = queries == null ? besides(out) : queries;
    Outputs.check(List.of(out, queryFile), overwrite, List.of());
    try (ProgressPrinter progress = progress()) {
      SyntheticVectors.write(options, out, queryFile, queryCount, progress);
    }
    if (json()) {
      println(
          new JsonObject()
              .put("path", out.toString())
              .put("count", count)
              .put("dimension", dimension)
              .put("queries", queryFile.toString())
              .put("queryCount", queryCount));
    } else {
      println(
          String.format(
              Locale.ROOT,
              "wrote %s: %,d vectors of dimension %d, %s",
              out,
              count,
              dimension,
              type.label()));
      println(String.format(Locale.ROOT, "wrote %s: %,d queries", queryFile, queryCount));
    }
  }

  private static Path besides(Path out) {
    String name = String.valueOf(out.getFileName());
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    return out.resolveSibling(stem + "-queries" + name.substring(stem.length()));
  }
}
