package com.omendb.tools.report;

import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.ServingForecast;
import com.omendb.vectors.VectorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `omen plan` prints.
///
/// @param shape of the vectors
/// @param options of the build
/// @param build what it would take
/// @param usableBytes room on the volume of the index; negative if there is no such volume
/// @param service how the index would be served, if that was asked
public record PlanReport(
    VectorShape shape,
    BuildOptions options,
    BuildForecast build,
    long usableBytes,
    @Nullable Service service) {

  private static final double SECONDS_A_MINUTE = 60;
  private static final double SECONDS_AN_HOUR = 3600;

  private static final TextTable SEARCHES =
      new TextTable(
          List.of(
              new TextTable.Column("recall@10", 9),
              new TextTable.Column("reads/q", 7),
              new TextTable.Column("cpu us", 6),
              new TextTable.Column("QPS", 9),
              new TextTable.Column("limit", 7)));

  /// How an index would be served, and by what.
  ///
  /// @param forecast memory and costs
  /// @param cores that search
  /// @param readIops random reads a second of the device
  public record Service(ServingForecast forecast, int cores, long readIops) {
    double queriesPerSecond(ServingForecast.Point point) {
      return forecast.queriesPerSecond(point, cores, (double) readIops);
    }

    String limit(ServingForecast.Point point) {
      return queriesPerSecond(point) < point.queriesOfCores(cores) ? "device" : "cores";
    }
  }

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "vectors:     %,d of dimension %d, %s, distance %s",
            shape.count(),
            shape.dimension(),
            shape.elementType().label(),
            options.metric().label()));
    addBuild(lines);
    if (service != null) {
      addService(lines, service);
    }
    return lines;
  }

  private void addBuild(List<String> lines) {
    lines.add(
        String.format(
            Locale.ROOT,
            "build:       %s, about %s on %d threads",
            options.tuning().method().label(),
            duration(build.totalSeconds()),
            options.threads()));
    build.seconds().forEach((phase, seconds) -> lines.add(entry(phase, duration(seconds))));
    lines.add(
        "memory:      "
            + ByteSize.format(build.memoryBudgetBytes())
            + " given, "
            + ByteSize.format(build.peakBytes())
            + " for all data, at least "
            + ByteSize.format(build.smallestBudgetBytes())
            + (build.fitsMemory() ? "" : ": TOO LITTLE"));
    build.memoryBytes().forEach((phase, bytes) -> lines.add(size(phase, bytes)));
    lines.add(
        "disk:        "
            + ByteSize.format(build.diskBytes())
            + " needed"
            + (usableBytes < 0 ? "" : ", " + ByteSize.format(usableBytes) + " there")
            + (fitsDisk() ? "" : ": TOO LITTLE"));
    lines.add(size("scratch files", build.scratchBytes()));
    lines.add(size("checkpoints", build.checkpointBytes()));
    lines.add(size("index", build.indexBytes()));
    build.fileBytes().forEach((name, bytes) -> lines.add(size("  " + name, bytes)));
  }

  private static void addService(List<String> lines, Service service) {
    ServingForecast forecast = service.forecast();
    lines.add(
        "serving:     residency "
            + forecast.residency().label()
            + (forecast.code().isEmpty() ? "" : ", code " + forecast.code())
            + ", "
            + ByteSize.format(forecast.totalBytes())
            + " of memory and the JVM's");
    forecast.memoryBytes().forEach((purpose, bytes) -> lines.add(size(purpose, bytes)));
    lines.add(
        String.format(
            Locale.ROOT,
            "searches:    %d cores, %,d reads/s of which %.0f %% are reached, empty page cache",
            service.cores(),
            service.readIops(),
            100 * forecast.deviceShare()));
    lines.add("  " + SEARCHES.headings());
    for (ServingForecast.Point point : forecast.points()) {
      lines.add(
          "  "
              + SEARCHES.row(
                  List.of(
                      String.format(Locale.ROOT, "%.2f", point.recall()),
                      String.format(Locale.ROOT, "%.1f", point.pageReads()),
                      String.format(Locale.ROOT, "%.0f", point.cpuMicros()),
                      String.format(Locale.ROOT, "%,.0f", service.queriesPerSecond(point)),
                      service.limit(point))));
    }
  }

  public JsonObject json() {
    JsonObject object =
        new JsonObject()
            .put("count", shape.count())
            .put("dimension", shape.dimension())
            .put("elementType", shape.elementType().label())
            .put("metric", options.metric().label())
            .put("method", options.tuning().method().label())
            .put("threads", options.threads())
            .put("buildSeconds", build.totalSeconds(), 1)
            .put("phaseSeconds", seconds(build.seconds()))
            .put("memoryBudgetBytes", build.memoryBudgetBytes())
            .put("peakBytes", build.peakBytes())
            .put("smallestBudgetBytes", build.smallestBudgetBytes())
            .put("phaseBytes", bytes(build.memoryBytes()))
            .put("fitsMemory", build.fitsMemory())
            .put("inScratchFiles", build.inFiles())
            .put("scratchBytes", build.scratchBytes())
            .put("checkpointBytes", build.checkpointBytes())
            .put("indexBytes", build.indexBytes())
            .put("fileBytes", bytes(build.fileBytes()))
            .put("diskBytes", build.diskBytes());
    if (usableBytes >= 0) {
      object.put("usableBytes", usableBytes).put("fitsDisk", fitsDisk());
    }
    if (service != null) {
      object.put("serving", json(service));
    }
    return object;
  }

  private static JsonObject json(Service service) {
    List<JsonObject> points = new ArrayList<>();
    for (ServingForecast.Point point : service.forecast().points()) {
      points.add(
          new JsonObject()
              .put("recall", point.recall(), 3)
              .put("pageReads", point.pageReads(), 2)
              .put("cpuMicros", point.cpuMicros(), 1)
              .put("queriesPerSecond", service.queriesPerSecond(point), 0)
              .put("limit", service.limit(point)));
    }
    return new JsonObject()
        .put("residency", service.forecast().residency().label())
        .put("code", service.forecast().code())
        .put("memoryBytes", bytes(service.forecast().memoryBytes()))
        .put("totalBytes", service.forecast().totalBytes())
        .put("cores", service.cores())
        .put("readIops", service.readIops())
        .put("deviceShare", service.forecast().deviceShare(), 3)
        .put("searches", points);
  }

  private boolean fitsDisk() {
    return usableBytes < 0 || build.diskBytes() <= usableBytes;
  }

  private static JsonObject bytes(Map<String, Long> sizes) {
    JsonObject object = new JsonObject();
    sizes.forEach(object::put);
    return object;
  }

  private static JsonObject seconds(Map<String, Double> seconds) {
    JsonObject object = new JsonObject();
    seconds.forEach((phase, value) -> object.put(phase, value, 1));
    return object;
  }

  private static String size(String name, long bytes) {
    return entry(name, ByteSize.format(bytes));
  }

  private static String entry(String name, String value) {
    return String.format(Locale.ROOT, "  %-28s %s", name, value);
  }

  private static String duration(double seconds) {
    if (seconds < 2 * SECONDS_A_MINUTE) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds < 2 * SECONDS_AN_HOUR) {
      return String.format(Locale.ROOT, "%.0f min", seconds / SECONDS_A_MINUTE);
    }
    return String.format(Locale.ROOT, "%.1f h", seconds / SECONDS_AN_HOUR);
  }
}
