package com.omendb.tools.command;

import com.omendb.datasets.download.Dataset;
import com.omendb.datasets.download.DatasetCatalog;
import com.omendb.datasets.download.DatasetDownloader;
import com.omendb.datasets.download.DatasetFiles;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// `omen dataset download`: fetches a public set, resuming what was begun.
@CommandLine.Command(
    name = "download",
    sortOptions = false,
    description = {
      "Download a public vector set and unpack it. Run it again to resume what was interrupted.",
      "Files that exist are verified, not fetched again."
    },
    footer = {"", "Example:", "  omen dataset download siftsmall data"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class DatasetDownloadCommand extends Command {
  @Parameters(index = "0", paramLabel = "NAME", description = "A name of omen dataset list.")
  private String name;

  @Parameters(index = "1", paramLabel = "DIR", description = "The folder to put the files in.")
  private Path directory;

  DatasetDownloadCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    Dataset dataset = usage(() -> new DatasetCatalog().named(name));
    DatasetFiles files;
    try (ProgressPrinter progress = progress()) {
      files = new DatasetDownloader().download(dataset, directory, progress);
    }
    if (json()) {
      JsonObject object =
          new JsonObject()
              .put("name", name)
              .put("base", files.base().toString())
              .put("queries", files.queries().toString());
      files.truth().ifPresent(truth -> object.put("truth", truth.toString()));
      println(object);
    } else {
      println("vectors: " + files.base());
      println("queries: " + files.queries());
      files.truth().ifPresent(truth -> println("truth:   " + truth));
    }
  }
}
