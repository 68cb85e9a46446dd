package com.omendb.tools.report;

import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What a build made and what it cost.
///
/// @param directory the index
/// @param count vectors in it
/// @param dimension elements a vector
/// @param buildSeconds from the open file to the published index
/// @param peakResidentBytes the process's peak, as the operating system counts it; 0 if unknown
/// @param indexBytes bytes of all its files
/// @param memoryBudgetBytes what the build was given
/// @param phaseSeconds where the time went
public record BuildReport(
    Path directory,
    long count,
    int dimension,
    double buildSeconds,
    long peakResidentBytes,
    long indexBytes,
    long memoryBudgetBytes,
    Map<String, Double> phaseSeconds) {

  private static final double NANOS_A_SECOND = 1e9;

  /// Builds an index and measures it.
  public static BuildReport ofBuild(
      VectorSource vectors, Path directory, BuildOptions options, ProgressPrinter progress)
      throws IOException {
    long start = System.nanoTime();
    AnnIndex.build(vectors, directory, options, progress);
    double seconds = (System.nanoTime() - start) / NANOS_A_SECOND;
    progress.close();
    Map<String, Double> phases = new LinkedHashMap<>();
    progress.phaseNanos().forEach((phase, nanos) -> phases.put(phase, nanos / NANOS_A_SECOND));
    return new BuildReport(
        directory,
        vectors.count(),
        vectors.dimension(),
        seconds,
        ProcessMemory.peakResidentBytes(),
        IndexFiles.list(directory).stream().mapToLong(IndexFiles.IndexFile::bytes).sum(),
        options.memoryBudgetBytes(),
        phases);
  }

  public JsonObject json() {
    JsonObject phases = new JsonObject();
    phaseSeconds.forEach((phase, seconds) -> phases.put(phase, seconds, 3));
    return new JsonObject()
        .put("count", count)
        .put("dimension", dimension)
        .put("buildSeconds", buildSeconds, 3)
        .put("peakResidentBytes", peakResidentBytes)
        .put("indexBytes", indexBytes)
        .put("memoryBudgetBytes", memoryBudgetBytes)
        .put("phaseSeconds", phases);
  }

  public String text() {
    return String.format(
        Locale.ROOT,
        "built %s: %,d vectors of dimension %d in %.1f s, %s on disk, peak memory %s of %s",
        directory,
        count,
        dimension,
        buildSeconds,
        ByteSize.format(indexBytes),
        ByteSize.format(peakResidentBytes),
        ByteSize.format(memoryBudgetBytes));
  }
}
