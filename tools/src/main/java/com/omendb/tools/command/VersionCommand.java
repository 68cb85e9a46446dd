package com.omendb.tools.command;

import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.store.AnnIndex;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.vectors.kernels.DistanceKernels;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;

/// `omen version`: the release, and what it found on this machine.
@CommandLine.Command(
    name = "version",
    description = "Print the version, the kinds of index and what was found on this machine.",
    footer = {"", "Example:", "  omen version --json"})
public final class VersionCommand extends Command {
  public VersionCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    String version = version();
    String java = Runtime.version() + " (" + System.getProperty("java.vm.name") + ")";
    String kinds = String.join(", ", AnnIndex.installedKinds());
    String kernels = DistanceKernels.description();
    long peakResidentBytes = ProcessMemory.peakResidentBytes();
    if (json()) {
      println(
          new JsonObject()
              .put("version", version)
              .put("java", java)
              .put("kinds", kinds)
              .put("kernels", kernels)
              .put("peakResidentBytes", peakResidentBytes));
      return;
    }
    println(line());
    println("java: " + java);
    println("kinds of index: " + kinds);
    println("distance kernels: " + kernels);
    println("peak resident memory of this run: " + ByteSize.format(peakResidentBytes));
  }

  /// The program's name and version.
  public static String line() throws IOException {
    return "omen " + version();
  }

  /// The release's version, which the build wrote into a resource.
  static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IOException("the program is incomplete: resource=version.properties");
      }
      properties.load(in);
    }
    return properties.getProperty("version", "unknown");
  }
}
