package com.omendb.tools.command;

import com.omendb.datasets.download.Dataset;
import com.omendb.datasets.download.DatasetCatalog;
import com.omendb.datasets.download.DatasetFile;
import com.omendb.datasets.download.DownloadSource;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.TextTable;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `omen dataset list`: the public sets that `omen dataset download` knows.
@CommandLine.Command(
    name = "list",
    sortOptions = false,
    description = "List the public vector sets that can be downloaded by name.",
    footer = {"", "Example:", "  omen dataset list --files"})
final class DatasetListCommand extends Command {
  private static final TextTable TABLE =
      new TextTable(
          List.of(
              new TextTable.Column("name", 12),
              new TextTable.Column("vectors", 11),
              new TextTable.Column("dim", 4),
              new TextTable.Column("type", 7),
              new TextTable.Column("queries", 7)));

  @Option(names = "--files", description = "Also print the files, where they come from, and sizes.")
  private boolean files;

  DatasetListCommand(Console console) {
    super(console);
  }

  @Override
  void run() {
    if (!json()) {
      println(TABLE.headings() + "  description");
    }
    for (Dataset dataset : new DatasetCatalog().all()) {
      if (json()) {
        println(json(dataset));
      } else {
        printText(dataset);
      }
    }
  }

  private void printText(Dataset dataset) {
    String row =
        TABLE.row(
            List.of(
                dataset.name(),
                String.format(Locale.ROOT, "%,d", dataset.count()),
                Integer.toString(dataset.dimension()),
                dataset.elementType().label(),
                String.format(Locale.ROOT, "%,d", dataset.queryCount())));
    println(row + "  " + dataset.description());
    if (files) {
      for (DatasetFile file : dataset.files()) {
        for (DownloadSource source : file.sources()) {
          println("    " + file.name() + ": " + text(source));
        }
      }
    }
  }

  private static String text(DownloadSource source) {
    String size =
        source.sizeBytes().isPresent()
            ? String.format(Locale.ROOT, "%,d bytes", source.sizeBytes().getAsLong())
            : "size unknown";
    return source.address() + ", " + size;
  }

  private static JsonObject json(Dataset dataset) {
    return new JsonObject()
        .put("name", dataset.name())
        .put("description", dataset.description())
        .put("count", dataset.count())
        .put("dimension", dataset.dimension())
        .put("elementType", dataset.elementType().label())
        .put("metric", dataset.metric().label())
        .put("queryCount", dataset.queryCount())
        .put(
            "files",
            dataset.files().stream()
                .flatMap(file -> file.sources().stream().map(source -> json(file, source)))
                .toList());
  }

  private static JsonObject json(DatasetFile file, DownloadSource source) {
    JsonObject object =
        new JsonObject().put("name", file.name()).put("address", source.address().toString());
    source.sizeBytes().ifPresent(bytes -> object.put("bytes", bytes));
    source.sha256().ifPresent(sum -> object.put("sha256", sum));
    return object;
  }
}
