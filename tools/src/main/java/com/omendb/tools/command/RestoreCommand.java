package com.omendb.tools.command;

import com.omendb.store.snapshot.SnapshotReport;
import com.omendb.store.snapshot.Snapshots;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen restore`: an archive becomes an index directory.
@CommandLine.Command(
    name = "restore",
    sortOptions = false,
    description = {
      "Make an index directory of an archive that omen snapshot wrote.",
      "The index appears only when every byte of it is verified and on the device."
    },
    footer = {
      "",
      "Examples:",
      "  omen restore monday.omensnap index",
      "  omen restore tuesday.omensnap index --base monday.omensnap --overwrite"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class RestoreCommand extends Command {
  @Parameters(index = "0", paramLabel = "ARCHIVE", description = "The archive.")
  private Path archive;

  @Parameters(index = "1", paramLabel = "INDEX", description = "The index directory to create.")
  private Path index;

  @Option(
      names = "--base",
      paramLabel = "EARLIER",
      description = {
        "An earlier archive that holds files which this one leaves out.",
        "Can be given several times."
      })
  private List<Path> bases = new ArrayList<>();

  @Option(
      names = "--overwrite",
      description = "Replace an index; the old one stays whole until the new one is complete.")
  private boolean overwrite;

  public RestoreCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    long start = System.nanoTime();
    SnapshotReport report;
    try (ProgressPrinter progress = progress()) {
      report = Snapshots.restore(archive, bases, index, overwrite, progress);
    } catch (FileAlreadyExistsException e) {
      throw withOverwrite(e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json()) {
      println(
          new JsonObject()
              .put("index", index.toString())
              .put("snapshotId", report.snapshotId().toString())
              .put("indexId", report.indexId().toString())
              .put("fileCount", report.fileCount())
              .put("indexBytes", report.indexBytes())
              .put("seconds", seconds, 3));
      return;
    }
    println("restored:    " + index);
    println("index:       " + report.indexId() + ", " + ByteSize.format(report.indexBytes()));
    println("files:       " + report.fileCount() + ", all verified");
    println(String.format(Locale.ROOT, "time:        %.1f s", seconds));
  }
}
