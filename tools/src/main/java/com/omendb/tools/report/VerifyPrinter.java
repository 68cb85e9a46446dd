package com.omendb.tools.report;

import com.omendb.store.verify.Damage;
import com.omendb.store.verify.VerifyReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A [VerifyReport] as text and as JSON.
///
/// @param report what was found
/// @param nanos how long it took
public record VerifyPrinter(VerifyReport report, long nanos) {

  /// For people.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (VerifyReport.FileCheck file : report.files()) {
      String state = file.damageCount() == 0 ? "whole" : "damaged: " + file.damageCount();
      lines.add(
          String.format(
              Locale.ROOT, "  %-28s %-12s %s", file.name(), ByteSize.format(file.bytes()), state));
    }
    for (Damage damage : report.damages()) {
      lines.add(describe(damage));
    }
    if (report.damages().size() < report.damageCount()) {
      long more = report.damageCount() - report.damages().size();
      lines.add("and " + more + " more damages");
    }
    report.notes().forEach(note -> lines.add("note: " + note));
    lines.add(summary());
    return lines;
  }

  private static String describe(Damage damage) {
    String page = damage.page() == Damage.NO_PAGE ? "" : ", page=" + damage.page();
    return String.format(
        Locale.ROOT,
        "damage: %s, file=%s%s, offset=%d, expected=%s, found=%s",
        damage.kind().label(),
        damage.file(),
        page,
        damage.offset(),
        damage.expected(),
        damage.found());
  }

  private String summary() {
    String checked = report.isFull() ? "every byte checked" : "lengths and headers checked";
    String rate =
        report.isFull()
            ? String.format(
                Locale.ROOT,
                ", %s in %.1f s (%.0f MB/s)",
                ByteSize.format(report.readBytes()),
                nanos / 1e9,
                megabytesPerSecond())
            : "";
    return (report.isWhole() ? "whole" : "DAMAGED") + ": " + checked + rate;
  }

  /// An object for each damage that is listed, then one for the index.
  public List<JsonObject> json() {
    List<JsonObject> objects = new ArrayList<>();
    for (Damage damage : report.damages()) {
      JsonObject object =
          new JsonObject().put("file", damage.file()).put("kind", damage.kind().label());
      if (damage.page() != Damage.NO_PAGE) {
        object.put("page", damage.page());
      }
      objects.add(
          object
              .put("offset", damage.offset())
              .put("expected", damage.expected())
              .put("found", damage.found()));
    }
    List<JsonObject> files = new ArrayList<>();
    for (VerifyReport.FileCheck file : report.files()) {
      files.add(
          new JsonObject()
              .put("name", file.name())
              .put("bytes", file.bytes())
              .put("damageCount", file.damageCount()));
    }
    List<JsonObject> notes =
        report.notes().stream().map(n -> new JsonObject().put("note", n)).toList();
    objects.add(
        new JsonObject()
            .put("directory", report.directory().toString())
            .put("indexKind", report.kind())
            .put("full", report.isFull())
            .put("whole", report.isWhole())
            .put("damageCount", report.damageCount())
            .put("damagedPages", report.damagedPages().stream().asLongStream().toArray())
            .put("files", files)
            .put("notes", notes)
            .put("readBytes", report.readBytes())
            .put("seconds", nanos / 1e9, 3)
            .put("megabytesPerSecond", megabytesPerSecond(), 1));
    return objects;
  }

  private double megabytesPerSecond() {
    return report.readBytes() * 1e3 / nanos;
  }
}
