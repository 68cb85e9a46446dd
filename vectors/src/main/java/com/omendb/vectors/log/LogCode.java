package com.omendb.vectors.log;

import java.lang.System.Logger.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Everything that is logged, but for what `pagecache` logs, which has a list of its own: each with
/// a code that stays the same in all releases, so that one can search and alert by it. A code is
/// never used again for another message; docs/OPERATIONS.md explains each.
///
/// 0001 to 0099: `vectors`, `pq`, `datasets`; 0200 and above: `diskann`, `hnsw-if`.
public enum LogCode {
  /// Which distance kernels run.
  DISTANCE_KERNELS("OMEN-0001", "vectors", Level.DEBUG, "distance kernels: %s"),
  /// The slow distance kernels run.
  SCALAR_DISTANCE_KERNELS(
      "OMEN-0002",
      "vectors",
      Level.WARNING,
      "distance kernels: %s (distances take several times as long as with SIMD)"),
  /// Which kernels over codes run.
  CODE_KERNELS(
      "OMEN-0003", "pq", Level.DEBUG, "Vector API over centroids: %s, over blocks of codes: %s"),
  /// A temporary file stays behind.
  TEMPORARY_FILE_STAYS(
      "OMEN-0004", "datasets", Level.WARNING, "cannot delete the temporary file: path=%s"),
  /// What an index or a build does is not reported.
  REPORTING_FAILED(
      "OMEN-0005",
      "vectors",
      Level.WARNING,
      "metrics failed: their readings are lost, and further failures are not logged"),
  /// Some vectors of an index that is kept in memory could not be read.
  PAGES_LOST(
      "OMEN-0201",
      "diskann",
      Level.WARNING,
      "pages cannot be read, searches that need them will fail: path=%s, pages=%s, vectors=%s"),
  /// A searcher failed as such and was replaced, but still holds what it had.
  SEARCHER_NOT_CLOSED(
      "OMEN-0202", "diskann", Level.WARNING, "a searcher that failed cannot be closed"),
  /// The name of a new file may not outlive a power failure yet.
  DIRECTORY_NOT_SYNCED(
      "OMEN-0203",
      "diskann",
      Level.DEBUG,
      "cannot sync a directory without permission to read it: directory=%s"),
  /// Disk space stays in use.
  OLD_FILES_STAY(
      "OMEN-0204",
      "diskann",
      Level.WARNING,
      "files of an index that was replaced are left: directory=%s, reason=%s"),
  /// A folder that looks like one of an index is no build's.
  UNMARKED_FOLDER_STAYS(
      "OMEN-0205",
      "diskann",
      Level.INFO,
      "a folder that no build has marked is not touched: path=%s"),
  /// A file in a folder that a build would delete is none that builds write.
  FOREIGN_FILES_STAY(
      "OMEN-0206",
      "diskann",
      Level.WARNING,
      "the folder of a build is not deleted, because it holds a file that no build writes:"
          + " path=%s");

  private final String code;
  private final String module;
  private final Level level;
  private final String format;

  LogCode(String code, String module, Level level, String format) {
    this.code = code;
    this.module = module;
    this.level = level;
    this.format = format;
  }

  /// The code, such as `OMEN-0001`.
  public String code() {
    return code;
  }

  /// The level at which it is logged.
  public Level level() {
    return level;
  }

  /// The name of the logger.
  public String logger() {
    return "com.omendb." + module;
  }

  /// The message, with `%s` for what is filled in.
  public String format() {
    return format;
  }

  /// Logs it. A logger that fails loses the message and nothing else.
  ///
  /// @param values for each `%s`
  public void log(Object... values) {
    write(null, values);
  }

  /// Logs it with what led to it.
  ///
  /// @param values for each `%s`
  public void log(Throwable cause, Object... values) {
    write(cause, values);
  }

  private void write(@Nullable Throwable cause, Object... values) {
    try {
      System.Logger logger = System.getLogger(logger());
      if (logger.isLoggable(level)) {
        logger.log(level, text(values), cause);
      }
    } catch (RuntimeException | Error e) {
      // There is nowhere to say it.
    }
  }

  private String text(Object... values) {
    return code + " " + String.format(Locale.ROOT, format, values);
  }
}
