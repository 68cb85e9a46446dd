package com.omendb.tools.report;

import com.omendb.tools.eval.EvalRow;
import java.util.List;
import java.util.Locale;

/// Rows of an evaluation as a table and as JSON.
public final class EvalReport {
  private final TextTable table;

  /// A report of recall@k.
  public EvalReport(int k) {
    table =
        new TextTable(
            List.of(
                new TextTable.Column("L", 5),
                new TextTable.Column("W", 2),
                new TextTable.Column("recall@" + k, 9),
                new TextTable.Column("QPS", 7),
                new TextTable.Column("mean us", 8),
                new TextTable.Column("p50 us", 8),
                new TextTable.Column("p99 us", 8),
                new TextTable.Column("reads/q", 7),
                new TextTable.Column("rounds/q", 8),
                new TextTable.Column("hits/q", 7),
                new TextTable.Column("wasted/q", 8),
                new TextTable.Column("cpu us", 7),
                new TextTable.Column("budget", 8),
                new TextTable.Column("peak RSS", 8)));
  }

  public String headings() {
    return table.headings();
  }

  public String text(EvalRow row) {
    return table.row(
        List.of(
            Integer.toString(row.setting().listSize()),
            Integer.toString(row.setting().tuning().beamWidth().orElse(0)),
            decimals(row.recall(), 4),
            decimals(row.qps(), 0),
            decimals(row.latencyMicrosMean(), 0),
            decimals(row.latencyMicrosP50(), 0),
            decimals(row.latencyMicrosP99(), 0),
            decimals(row.costs().pageReads(), 2),
            decimals(row.costs().rounds(), 2),
            decimals(row.costs().cacheHits(), 2),
            decimals(row.costs().wastedReads(), 2),
            decimals(row.costs().computeMicros(), 0),
            ByteSize.format(row.memoryBudgetBytes()),
            ByteSize.format(row.peakResidentBytes())));
  }

  /// The keys up to `peakResidentBytes` are a contract with programs that read the reports, and so
  /// are the numbers for what was left to the index: 0, and -1 for the gainThreshold.
  public static JsonObject json(EvalRow row) {
    return new JsonObject()
        .put(
            "setting",
            new JsonObject()
                .put("searchListSize", row.setting().listSize())
                .put("beamWidth", row.setting().tuning().beamWidth().orElse(0))
                .put("gainThreshold", row.setting().tuning().gainThreshold().orElse(-1), 4)
                .put("maxPageReads", row.setting().maxPageReads().orElse(0)))
        .put("threads", row.threads())
        .put("recallAt" + row.k(), row.recall(), 6)
        .put("qps", row.qps(), 2)
        .put("latencyMicrosMean", row.latencyMicrosMean(), 2)
        .put("latencyMicrosP50", row.latencyMicrosP50(), 2)
        .put("latencyMicrosP99", row.latencyMicrosP99(), 2)
        .put("pageReadsPerQuery", row.costs().pageReads(), 4)
        .put("roundsPerQuery", row.costs().rounds(), 4)
        .put("cacheHitsPerQuery", row.costs().cacheHits(), 4)
        .put("memoryBudgetBytes", row.memoryBudgetBytes())
        .put("peakResidentBytes", row.peakResidentBytes())
        .put("residentBytesBefore", row.residentBytesBefore())
        .put("queryCount", row.queryCount())
        .put("seconds", row.seconds(), 3)
        .put("batchSize", row.batchSize())
        .put("wastedReadsPerQuery", row.costs().wastedReads(), 4)
        .put("skippedPagesPerQuery", row.costs().skippedPages(), 4)
        .put("waitMicrosPerQuery", row.costs().waitMicros(), 2)
        .put("computeMicrosPerQuery", row.costs().computeMicros(), 2)
        .put("bytesReadPerQuery", row.costs().bytesRead(), 1)
        .put("approximateDistancesPerQuery", row.costs().approximateDistances(), 2)
        .put("exactDistancesPerQuery", row.costs().exactDistances(), 2);
  }

  private static String decimals(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
