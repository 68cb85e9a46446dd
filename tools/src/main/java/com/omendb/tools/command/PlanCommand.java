package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.storage.DiskSpace;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.ServingForecast;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.PlanReport;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen plan`: what a build would do, or what an index that does not exist would need and give.
@CommandLine.Command(
    name = "plan",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Say what building an index takes, without building: memory, disk and time.",
      "With a file of vectors: whether a build would be refused (INDEX, the vectors, which are all",
      "read, memory, disk); the exit code is 1 if so.",
      "With --count, --dimension and --type: also what serving takes and gives."
    },
    footer = {
      "",
      "Sizes: 64MB is 64,000,000 bytes, 64MiB 67,108,864; without a unit, bytes.",
      "Times, page reads and queries a second come from a model: docs/CAPACITY.md.",
      "",
      "Examples:",
      "  omen plan base.u8bin index --memory 1GB --threads 2",
      "  omen plan --count 1e9 --dimension 128 --type uint8 --memory 64GB --cores 32 \\",
      "      --read-iops 1e6"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class PlanCommand extends Command {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "BASE",
      description = "Vectors, as of omen build.")
  private @Nullable Path base;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "INDEX",
      description = "Where the index would be created; default: beside BASE.")
  private @Nullable Path index;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of the file.")
  private @Nullable RowRange rows;

  @Option(
      names = "--count",
      paramLabel = "N",
      converter = Converters.Count.class,
      description = "Instead of BASE: the number of vectors, like 1e9.")
  private @Nullable Long count;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      defaultValue = "128",
      description = "Their dimension.")
  private int dimension;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "uint8",
      converter = Converters.TypeName.class,
      description = "Their element type: float32, uint8 or int8.")
  private ElementType elementType;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "With --count: cores that build and search; default: as --threads.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Integer cores;

  @Option(
      names = "--read-iops",
      paramLabel = "N",
      defaultValue = "100000",
      converter = Converters.Count.class,
      description = "With --count: random 4 KiB reads a second of the device.")
  private long readIops;

  @Mixin private BuildSettings settings;

  public PlanCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    Long wanted = count;
    Path file = base;
    if ((wanted == null) == (file == null)) {
      throw wrongUsage("either BASE or --count is needed");
    }
    if (file != null) {
      planFile(file);
    } else if (wanted != null) {
      planShape(wanted);
    }
  }

  private void planFile(Path file) throws IOException {
    BuildOptions asked = usage(settings::options);
    BuildOptions options =
        asked.toBuilder().metric(settings.metric(file, this::warn).metric()).build();
    Path target = index;
    Path volume = target == null ? file : target;
    try (VectorFile vectors = Inputs.vectors(file, rows);
        ProgressPrinter progress = progress()) {
      VectorShape shape = VectorShape.of(vectors.vectors());
      BuildForecast build = AnnIndex.forecastBuild(shape, options);
      if (target != null) {
        AnnIndex.checkTarget(target, options);
      }
      print(new PlanReport(shape, options, build, DiskSpace.usableBytes(volume), null));
      AnnIndex.checkInput(vectors.vectors(), options, progress);
      requireMemory(build);
      DiskSpace.require(volume, build.diskBytes());
    } catch (FileAlreadyExistsException e) {
      throw withOverwrite(e);
    }
  }

  private void planShape(long vectors) {
    VectorShape shape = usage(() -> new VectorShape(vectors, dimension, elementType));
    if (readIops < 1) {
      throw wrongUsage("--read-iops must be positive: readIops=" + readIops);
    }
    BuildOptions options =
        usage(
            () -> {
              BuildOptions given = settings.options();
              return cores == null ? given : given.toBuilder().threads(cores).build();
            });
    OpenOptions open =
        usage(
            () ->
                OpenOptions.builder()
                    .memoryBudgetBytes(options.memoryBudgetBytes())
                    .maxSearchers(options.threads())
                    .build());
    BuildForecast build = AnnIndex.forecastBuild(shape, options);
    ServingForecast serving;
    try {
      serving = AnnIndex.forecastServing(shape, options, open);
    } catch (MemoryBudgetException e) {
      print(new PlanReport(shape, options, build, -1, null));
      throw e;
    }
    print(
        new PlanReport(
            shape,
            options,
            build,
            -1,
            new PlanReport.Service(serving, options.threads(), readIops)));
    requireMemory(build);
  }

  private static void requireMemory(BuildForecast build) {
    if (!build.fitsMemory()) {
      throw new MemoryBudgetException(
          "the memory budget is too small to build",
          build.smallestBudgetBytes(),
          build.memoryBudgetBytes());
    }
  }

  private void print(PlanReport report) {
    if (json()) {
      println(report.json());
    } else {
      report.lines().forEach(this::println);
    }
  }
}
