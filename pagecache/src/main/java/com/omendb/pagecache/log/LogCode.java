package com.omendb.pagecache.log;

import java.lang.System.Logger.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Everything that this module logs, each with a code that stays the same in all releases, so that
/// one can search and alert by it. A code is never used again for another message;
/// docs/OPERATIONS.md explains each.
///
/// The codes of this module are 0100 to 0199; the other modules have a list of their own.
public enum LogCode {
  /// How pages are read.
  READER_CHOSEN("OMEN-0101", Level.DEBUG, "page reader: %s, direct=%s, %s"),
  /// How pages are read, where io_uring is refused.
  READER_WITHOUT_RING("OMEN-0102", Level.INFO, "page reader: %s, direct=%s, %s"),
  /// A reader has to do without a ring.
  RING_REFUSED(
      "OMEN-0103",
      Level.WARNING,
      "no further io_uring can be created, reading with pread: path=%s, reason=%s"),
  /// The operating system keeps a second copy.
  DIRECT_IO_REFUSED(
      "OMEN-0104",
      Level.WARNING,
      "direct I/O is refused, so the kernel caches a second copy of what is read: path=%s,"
          + " reason=%s"),
  /// A file is opened in another way.
  DESCRIPTOR_FAILED("OMEN-0105", Level.DEBUG, "opening by descriptor failed, trying a channel"),
  /// A mapping reads more than it was asked for.
  MAPPING_READS_AHEAD("OMEN-0106", Level.DEBUG, "the kernel will read ahead in the mapping"),
  /// A build may exceed its memory budget.
  MEMORY_UNWATCHED("OMEN-0107", Level.WARNING, "resident memory is not watched any more"),
  /// A page arrived damaged and is read once more.
  PAGE_READ_AGAIN("OMEN-0108", Level.WARNING, "a page is read again: %s");

  private static final System.Logger LOGGER = System.getLogger("com.omendb.pagecache");

  private final String code;
  private final Level level;
  private final String format;

  LogCode(String code, Level level, String format) {
    this.code = code;
    this.level = level;
    this.format = format;
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
      if (LOGGER.isLoggable(level)) {
        LOGGER.log(level, text(values), cause);
      }
    } catch (RuntimeException | Error e) {
      // There is nowhere to say it.
    }
  }

  private String text(Object... values) {
    return code + " " + String.format(Locale.ROOT, format, values);
  }
}
