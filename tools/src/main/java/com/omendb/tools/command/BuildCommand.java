package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.store.BuildOptions;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.BuildReport;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.ProgressPrinter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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
public final class BuildCommand extends Command {
  @Parameters(index = "0", paramLabel = "BASE", description = "Vectors: " + Inputs.FORMATS)
  private Path base;

  @Parameters(index = "1", paramLabel = "INDEX", description = "The index directory to create.")
  private Path index;

  @Mixin private BuildSettings settings;

  @Option(
      names = "--rows",
      paramLabel = "FROM:COUNT",
      converter = RowRange.Converter.class,
      description = "Only these rows of the file; row FROM gets the id 0.")
  private @Nullable RowRange rows;

  public BuildCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    BuildOptions asked = usage(settings::options);
    MetricChoice metric = settings.metric(base, this::warn);
    BuildOptions options = asked.toBuilder().metric(metric.metric()).build();
    try (VectorFile file = Inputs.vectors(base, rows);
        ProgressPrinter progress = progress()) {
      BuildReport report = BuildReport.ofBuild(file.vectors(), index, options, progress);
      if (json()) {
        println(report.json().put("metric", metric.metric().label()));
      } else {
        println(report.text() + ", distance " + metric.text());
      }
    } catch (FileAlreadyExistsException e) {
      throw withOverwrite(e);
    }
  }
}
