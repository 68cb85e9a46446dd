package com.omendb.tools.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes in bytes as people write and read them: `64MB` is 64,000,000 bytes, `64MiB` 67,108,864.
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?(?:([kmgt])(i?)b?|b)?");
  private static final String PREFIXES = "kmgt";
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private ByteSize() {}

  /// The bytes that a text such as `64MB`, `1.5GiB` or `1048576` stands for, ignoring case. K, M, G
  /// and T count in thousands, KiB, MiB, GiB and TiB in 1024s; without a unit it is bytes.
  ///
  /// @throws IllegalArgumentException if it is no size, or zero, or too large
  public static long parse(String text) {
    Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException("not a size (like 64MB, 1.5GiB or 1048576): size=" + text);
    }
    BigDecimal bytes = new BigDecimal(form.group(1));
    String prefix = form.group(2);
    if (prefix != null) {
      BigDecimal unit = BigDecimal.valueOf(form.group(3).isEmpty() ? 1000 : 1024);
      bytes = bytes.multiply(unit.pow(PREFIXES.indexOf(prefix) + 1));
    }
    if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("size out of range: size=" + text);
    }
    return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
  }

  /// A size for people, in decimal units with about three digits: `410 MB`, `1.25 GB`.
  public static String format(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int power = 0;
    while (value >= 999.5 && power < PREFIXES.length()) {
      value /= 1000;
      power++;
    }
    String unit = PREFIXES.substring(power - 1, power).toUpperCase(Locale.ROOT) + "B";
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, unit.replace("KB", "kB"));
  }
}
