package com.omendb.store.metrics;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Prints [InMemoryMetrics] in the text format that Prometheus reads (version 0.0.4).
///
/// Names have underscores, the unit and, for counters, `_total`; latencies are histograms whose
/// bounds are powers of two of a nanosecond, from 16 microseconds to 17 seconds.
public final class PrometheusText {
  /// The content type of a response with it.
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final int FIRST_BOUND_LOG = 14;
  private static final int LAST_BOUND_LOG = 34;

  private final StringBuilder text = new StringBuilder();
  private @Nullable Meter begun;

  private PrometheusText() {}

  /// {@return all readings as text, one a line}
  ///
  /// @param metrics holds the readings
  public static String of(InMemoryMetrics metrics) {
    PrometheusText printer = new PrometheusText();
    for (InMemoryMetrics.Reading reading : metrics.readings()) {
      printer.begin(reading.meter());
      printer.line(name(reading.meter()), "", reading.labels(), number(reading.value()));
    }
    for (InMemoryMetrics.LatencyReading reading : metrics.latencyReadings()) {
      printer.begin(reading.meter());
      printer.histogram(reading);
    }
    return printer.text.toString();
  }

  /// The name of a meter.
  static String name(Meter meter) {
    String base = meter.label().replace('.', '_');
    String unit =
        switch (meter.unit()) {
          case COUNT -> "";
          case BYTES -> base.endsWith("_bytes") ? "" : "_bytes";
          case SECONDS -> "_seconds";
        };
    return base + unit + (meter.kind() == Meter.Kind.COUNTER ? "_total" : "");
  }

  private void begin(Meter meter) {
    if (Objects.equals(begun, meter)) {
      return;
    }
    begun = meter;
    String type =
        switch (meter.kind()) {
          case COUNTER -> "counter";
          case GAUGE -> "gauge";
          case LATENCY -> "histogram";
        };
    text.append("# HELP ").append(name(meter)).append(' ').append(meter.description()).append('\n');
    text.append("# TYPE ").append(name(meter)).append(' ').append(type).append('\n');
  }

  private void histogram(InMemoryMetrics.LatencyReading reading) {
    LatencySnapshot latencies = reading.latencies();
    String name = name(reading.meter());
    for (int log = FIRST_BOUND_LOG; log <= LAST_BOUND_LOG; log++) {
      long bound = 1L << log;
      String seconds = BigDecimal.valueOf(bound, 9).toPlainString();
      line(
          name,
          "_bucket",
          reading.labels().and("le", seconds),
          Long.toString(latencies.countAtMost(bound)));
    }
    line(name, "_bucket", reading.labels().and("le", "+Inf"), Long.toString(latencies.count()));
    line(name, "_sum", reading.labels(), number(latencies.sumNanos() / 1e9));
    line(name, "_count", reading.labels(), Long.toString(latencies.count()));
  }

  private void line(String name, String suffix, Labels labels, String value) {
    text.append(name).append(suffix);
    char separator = '{';
    for (Map.Entry<String, String> label : labels.values().entrySet()) {
      text.append(separator).append(label.getKey()).append("=\"");
      appendEscaped(label.getValue());
      text.append('"');
      separator = ',';
    }
    if (separator == ',') {
      text.append('}');
    }
    text.append(' ').append(value).append('\n');
  }

  private void appendEscaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      switch (letter) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(letter);
      }
    }
  }

  // Whole numbers without a fraction.
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
