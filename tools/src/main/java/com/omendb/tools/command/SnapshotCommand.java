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

/// `omen snapshot`: an index becomes one archive, or a directory of links to its files.
@CommandLine.Command(
    name = "snapshot",
    sortOptions = false,
    description = {
      "Write an archive of an index: one file of LZ4 frames, every byte under a checksum.",
      "The index is verified on the way, and may be searched, replaced or deleted meanwhile."
    },
    footer = {
      "",
      "Examples:",
      "  omen snapshot index monday.omensnap",
      "  omen snapshot index tuesday.omensnap --base monday.omensnap",
      "  omen snapshot index index-copy --link"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class SnapshotCommand extends Command {
  @Parameters(index = "0", paramLabel = "INDEX", description = "The index directory.")
  private Path index;

  @Parameters(
      index = "1",
      paramLabel = "ARCHIVE",
      description = "The file to write; with --link, the directory.")
  private Path archive;

  @Option(
      names = "--base",
      paramLabel = "EARLIER",
      description = {
        "Leave out what this earlier archive holds unchanged;",
        "restoring needs it too. Can be given several times."
      })
  private List<Path> bases = new ArrayList<>();

  @Option(
      names = "--link",
      description = {
        "Make an index directory of hard links instead: it takes no",
        "room of its own, but lies on the same device."
      })
  private boolean link;

  @Option(
      names = "--overwrite",
      description = "Replace an archive; the old one stays whole until the new one is complete.")
  private boolean overwrite;

  public SnapshotCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    if (link && (overwrite || !bases.isEmpty())) {
      throw wrongUsage("--link goes with neither --base nor --overwrite");
    }
    long start = System.nanoTime();
    SnapshotReport report;
    try (ProgressPrinter progress = progress()) {
      report =
          link
              ? Snapshots.link(index, archive, progress)
              : Snapshots.write(index, archive, bases, overwrite, progress);
    } catch (FileAlreadyExistsException e) {
      throw link ? e : withOverwrite(e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json()) {
      println(
          new JsonObject()
              .put("archive", archive.toString())
              .put("linked", link)
              .put("snapshotId", report.snapshotId().toString())
              .put("indexId", report.indexId().toString())
              .put("fileCount", report.fileCount())
              .put("heldCount", report.heldCount())
              .put("indexBytes", report.indexBytes())
              .put("archiveBytes", report.writtenBytes())
              .put("seconds", seconds, 3));
      return;
    }
    println("snapshot:    " + archive);
    println("index:       " + report.indexId() + ", " + ByteSize.format(report.indexBytes()));
    if (link) {
      println("files:       " + report.fileCount() + ", linked");
    } else {
      println("files:       " + report.heldCount() + " of " + report.fileCount() + " in it");
      println("archive:     " + ByteSize.format(report.writtenBytes()));
    }
    println(String.format(Locale.ROOT, "time:        %.1f s", seconds));
  }
}
