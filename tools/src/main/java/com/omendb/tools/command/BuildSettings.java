package com.omendb.tools.command;

import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.BuildTuning;
import com.omendb.tools.option.Converters;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that say how an index is built, of the commands that build one or plan it.
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class BuildSettings {
  @Option(
      names = "--kind",
      defaultValue = "hybrid",
      paramLabel = "KIND",
      description = "Kind of index.")
  private String kind;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      converter = Converters.MetricName.class,
      description = "Distance: l2, ip (inner product) or cosine; default: as BASE says, else l2.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Metric metric;

  @Option(
      names = "--method",
      defaultValue = "leaf",
      paramLabel = "METHOD",
      converter = Converters.MethodName.class,
      description = "How the graph is built: leaf, or vamana (two passes of searches; slower).")
  private BuildMethod method;

  @Mixin private MemoryOption memory;

  @Mixin private ThreadsOption threads;

  @Option(
      names = "--max-degree",
      defaultValue = "64",
      paramLabel = "R",
      description = "Largest number of edges of a node: more finds more, takes more space.")
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
      description = "Factor of pruning, at least 1: more keeps longer edges.")
  private float alpha;

  @Option(
      names = "--codes",
      paramLabel = "CODES",
      description =
          "Codes of the vectors in memory, KIND:BYTES, such as pq:48; several with commas; default:"
              + " pq of three sizes, the smallest a quarter of the dimension, at most 64.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable String codes;

  // What `--codes=pq:M` was called once.
  @Option(names = "--pq-bytes", paramLabel = "M", hidden = true)
  private @Nullable Integer pqBytes;

  @Option(names = "--seed", defaultValue = "42", paramLabel = "N", description = "Random seed.")
  private long seed;

  @Option(
      names = "--overwrite",
      description = "Replace an index; the old one stays whole until the new one is complete.")
  private boolean overwrite;

  @Option(
      names = "--resume",
      description =
          "Continue an interrupted build of the same vectors and options at INDEX; without one,"
              + " begin anew. Memory and threads may differ.")
  private boolean resume;

  /// The metric for a file of vectors; see [MetricChoice#of].
  MetricChoice metric(Path file, Consumer<String> warnings) throws IOException {
    return MetricChoice.of(metric, file, warnings);
  }

  /// What the options say, with the metric that they ask for or squared L2.
  ///
  /// @throws IllegalArgumentException if one is out of range
  BuildOptions options() {
    BuildTuning.Builder tuning =
        BuildTuning.builder().method(method).buildListSize(buildListSize).alpha(alpha).seed(seed);
    if (codes != null && pqBytes != null) {
      throw new IllegalArgumentException(
          "--pq-bytes is an old form of --codes, give one of them: --codes="
              + codes
              + ", --pq-bytes="
              + pqBytes);
    }
    if (codes != null) {
      tuning.codes(codes.split(",", -1));
    } else if (pqBytes != null) {
      tuning.codes("pq:" + pqBytes);
    }
    return BuildOptions.builder()
        .kind(kind)
        .metric(metric == null ? MetricChoice.DEFAULT.metric() : metric)
        .maxDegree(maxDegree)
        .memoryBudgetBytes(memory.bytes())
        .threads(threads.count())
        .overwrite(overwrite)
        .resume(resume)
        .tuning(tuning.build())
        .build();
  }
}
