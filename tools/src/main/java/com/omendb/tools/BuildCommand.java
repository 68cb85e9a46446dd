package com.omendb.tools;

import com.omendb.datasets.VectorFile;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.BuildMethod;
import com.omendb.vectors.BuildOptions;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen build`: a file of vectors becomes an index directory.
@CommandLine.Command(
    name = "build",
    sortOptions = false,
    showDefaultValues = true,
    description = "Build an index directory from a file of vectors.",
    footer = {
      "",
      "Sizes: 64MB is 64,000,000 bytes, 64MiB 67,108,864; without a unit, bytes.",
      "",
      "Example:",
      "  omen build base.u8bin index --memory 1GB --threads 2"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class BuildCommand extends Command {
  @Parameters(
      index = "0",
      paramLabel = "BASE",
      description = "Vectors: .fvecs .bvecs .fbin .u8bin .i8bin .hdf5, also with .gz.")
  private Path base;

  @Parameters(index = "1", paramLabel = "INDEX", description = "The index directory to create.")
  private Path index;

  @Option(
      names = "--kind",
      defaultValue = "hybrid",
      paramLabel = "KIND",
      description = "Kind of index.")
  private String kind;

  @Option(
      names = "--metric",
      defaultValue = "l2",
      paramLabel = "METRIC",
      converter = Converters.MetricName.class,
      description = "Distance: l2, ip (inner product) or cosine.")
  private Metric metric;

  @Option(
      names = "--method",
      defaultValue = "leaf",
      paramLabel = "METHOD",
      converter = Converters.MethodName.class,
      description = "How the graph is built: leaf, or vamana (two passes of searches; slower).")
  private BuildMethod method;

  @Option(
      names = "--memory",
      defaultValue = "4GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory the whole process may use.")
  private long memoryBytes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; default: one a processor.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--max-degree",
      defaultValue = "64",
      paramLabel = "R",
      description = "Most edges a node has: more finds more and takes more space.")
  private int maxDegree;

  @Option(
      names = "--build-list-size",
      defaultValue = "100",
      paramLabel = "L",
      description = "Candidates that vamana looks at: more is better and slower.")
  private int buildListSize;

  @Option(
      names = "--alpha",
      defaultValue = "1.2",
      paramLabel = "A",
      description = "Prune slack, at least 1: more keeps longer edges.")
  private float alpha;

  @Option(
      names = "--pq-bytes",
      defaultValue = "0",
      paramLabel = "M",
      description =
          "Bytes of a vector's code in memory; 0: a quarter of the dimension, at most 64.")
  private int pqBytes;

  @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "Random seed.")
  private long seed;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of the file; row FROM gets the id 0.")
  private @Nullable RowRange rows;

  @Option(
      names = "--overwrite",
      description = "Replace an index; the old one stays whole until the new one is complete.")
  private boolean overwrite;

  BuildCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    BuildOptions options = usage(this::options);
    try (VectorFile file = Inputs.vectors(base, rows);
        ProgressPrinter progress = progress()) {
      BuildReport report = BuildReport.ofBuild(file.vectors(), index, options, progress);
      if (json()) {
        println(report.json());
      } else {
        println(report.text());
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          "there is something at this path already; --overwrite replaces an index: path="
              + e.getFile(),
          e);
    }
  }

  private BuildOptions options() {
    return BuildOptions.defaults()
        .withKind(kind)
        .withMetric(metric)
        .withMethod(method)
        .withGraph(maxDegree, buildListSize, alpha)
        .withSubspaceCount(pqBytes)
        .withMemoryBudgetBytes(memoryBytes)
        .withThreads(threads)
        .withSeed(seed)
        .withOverwrite(overwrite);
  }
}
