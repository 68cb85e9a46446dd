package com.omendb.tools.report;

import com.omendb.store.repair.RepairReport;
import com.omendb.store.repair.RepairReport.FileRepair;
import com.omendb.tools.eval.RecallProbe;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a repair found and made, as text and as JSON.
///
/// @param report of the repair
/// @param recall before and after it, or null if it was not measured
public record RepairPrinter(RepairReport report, @Nullable RecallChange recall) {

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (report.files().isEmpty()) {
      lines.add("nothing is damaged in " + report.damaged());
    }
    for (FileRepair file : report.files()) {
      lines.add(file.file() + ": " + file.damage() + "; " + file.remedy());
    }
    if (report.lostRecordCount() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "lost: %,d of %,d pages with %,d vectors; brought back: %,d",
              report.lostPageCount(),
              report.pageCount(),
              report.lostRecordCount(),
              report.restoredCount()));
    }
    report
        .lostIds()
        .ifPresentOrElse(
            ids -> {
              if (!ids.isEmpty()) {
                lines.add(
                    String.format(
                        Locale.ROOT, "lost ids (%,d): %s", ids.cardinality(), ranges(ids)));
              }
            },
            () -> lines.add("lost ids: unknown"));
    report.assumptions().forEach(assumed -> lines.add("assumed: " + assumed));
    if (recall != null) {
      lines.add(recallLine("damaged", recall, recall.damaged()));
      lines.add(recallLine("repaired", recall, recall.repaired()));
    }
    lines.add(
        String.format(Locale.ROOT, "repaired %s: %,d vectors", report.repaired(), report.count()));
    return lines;
  }

  private static String recallLine(
      String which, RecallChange recall, RecallChange.Measured measured) {
    RecallProbe.Result result = measured.result();
    if (result == null) {
      return "recall of the " + which + " index is not known: " + measured.failure();
    }
    return String.format(
        Locale.ROOT,
        "recall@%d of the %s index, L=%d: %.4f; of %,d searches %,d degraded, %,d failed",
        recall.k(),
        which,
        recall.searchListSize(),
        result.recall(),
        result.queryCount(),
        result.degradedCount(),
        result.failedCount());
  }

  public JsonObject json() {
    List<JsonObject> files = new ArrayList<>();
    for (FileRepair file : report.files()) {
      files.add(
          new JsonObject()
              .put("file", file.file())
              .put("damage", file.damage())
              .put("remedy", file.remedy()));
    }
    List<JsonObject> assumptions = new ArrayList<>();
    for (String assumed : report.assumptions()) {
      assumptions.add(new JsonObject().put("assumed", assumed));
    }
    JsonObject object =
        new JsonObject()
            .put("damaged", report.damaged().toString())
            .put("repaired", report.repaired().toString())
            .put("kind", report.kind())
            .put("count", report.count())
            .put("pageCount", report.pageCount())
            .put("lostPageCount", report.lostPageCount())
            .put("lostRecordCount", report.lostRecordCount())
            .put("restoredCount", report.restoredCount())
            .put("lostIdsKnown", report.lostIds().isPresent())
            .put("lostIds", report.lostIds().orElse(new BitSet()).stream().asLongStream().toArray())
            .put("files", files)
            .put("assumptions", assumptions);
    if (recall != null) {
      object.put("recallDamaged", json(recall, recall.damaged()));
      object.put("recallRepaired", json(recall, recall.repaired()));
    }
    return object;
  }

  private static JsonObject json(RecallChange recall, RecallChange.Measured measured) {
    JsonObject object =
        new JsonObject().put("k", recall.k()).put("searchListSize", recall.searchListSize());
    RecallProbe.Result result = measured.result();
    if (result == null) {
      return object.put("failure", measured.failure());
    }
    return object
        .put("recall", result.recall(), 4)
        .put("queryCount", result.queryCount())
        .put("degradedCount", result.degradedCount())
        .put("failedCount", result.failedCount());
  }

  /// A set as `3, 5-9, 12`.
  public static String ranges(BitSet ids) {
    StringBuilder text = new StringBuilder();
    for (int from = ids.nextSetBit(0); from >= 0; ) {
      int end = ids.nextClearBit(from);
      text.append(text.isEmpty() ? "" : ", ").append(from);
      if (end > from + 1) {
        text.append('-').append(end - 1);
      }
      from = ids.nextSetBit(end);
    }
    return text.toString();
  }
}
