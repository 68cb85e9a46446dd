package com.omendb.store.serving;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.metrics.FailureType;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reports the searches of one index to its [Metrics] and to the Flight Recorder.
///
/// With metrics and events off, the cost is one null check a search. Thread-safe.
public final class SearchWatch {
  /// Reports to the Flight Recorder alone, of an index without a name.
  public static final SearchWatch NONE = new SearchWatch("", null);

  private final String index;
  private final @Nullable Meters meters;

  private record Meters(
      Metrics.Counter searches,
      Metrics.Counter degraded,
      Metrics.Counter waitNanos,
      Metrics.Counter wasted,
      Metrics.Latencies latencies,
      Map<FailureType, Metrics.Counter> failures) {

    static Meters of(Metrics metrics, Labels labels) {
      Map<FailureType, Metrics.Counter> failures = new EnumMap<>(FailureType.class);
      for (FailureType type : FailureType.values()) {
        failures.put(
            type, metrics.counter(Meter.SEARCH_FAILURES, labels.and(Labels.TYPE, type.label())));
      }
      return new Meters(
          metrics.counter(Meter.SEARCHES, labels),
          metrics.counter(Meter.SEARCHES_DEGRADED, labels),
          metrics.counter(Meter.SEARCH_WAIT, labels),
          metrics.counter(Meter.PAGES_WASTED, labels),
          metrics.latencies(Meter.SEARCH_LATENCY, labels),
          failures);
    }
  }

  private SearchWatch(String index, @Nullable Meters meters) {
    this.index = index;
    this.meters = meters;
  }

  /// Reports to the given metrics.
  public static SearchWatch of(Path directory, Metrics metrics) {
    String index = directory.toString();
    return new SearchWatch(
        index,
        metrics.equals(Metrics.NONE) ? null : Meters.of(metrics, Labels.of(Labels.INDEX, index)));
  }

  /// One search that was asked for, or null with metrics and events off.
  @Nullable Asked asked(SearchRequest request) {
    SearchEvent event = SearchEvent.begun();
    return event == null && meters == null ? null : new Asked(request, event);
  }

  /// Counts a search that failed before it could be asked for.
  public void refused(Throwable why) {
    count(why);
  }

  private void count(Throwable why) {
    Meters counted = meters;
    if (counted != null) {
      Metrics.Counter counter = counted.failures.get(typeOf(why));
      if (counter != null) {
        counter.add(1);
      }
    }
  }

  static FailureType typeOf(Throwable why) {
    return switch (why) {
      case CorruptFileException _ -> FailureType.CORRUPT;
      case IOException _ -> FailureType.READ;
      case IllegalArgumentException _ -> FailureType.REQUEST;
      case IllegalStateException _ -> FailureType.REFUSED;
      case OutOfMemoryError _ -> FailureType.MEMORY;
      default -> FailureType.OTHER;
    };
  }

  /// One search, from asking to what came of it.
  final class Asked {
    private final SearchRequest request;
    private final @Nullable SearchEvent event;
    private final long startNanos = System.nanoTime();

    private Asked(SearchRequest request, @Nullable SearchEvent event) {
      this.request = request;
      this.event = event;
    }

    /// It gave a result.
    void completed(SearchResult result) {
      long nanos = System.nanoTime() - startNanos;
      SearchStats stats = result.stats();
      Meters counted = meters;
      if (counted != null) {
        counted.searches.add(1);
        counted.waitNanos.add(stats.waitNanos());
        counted.wasted.add(stats.wastedReads());
        counted.latencies.record(nanos);
        if (stats.skippedPages() > 0) {
          counted.degraded.add(1);
        }
      }
      if (event != null) {
        event.completed(index, request, stats, nanos);
      }
    }

    /// It failed.
    void failed(Throwable why) {
      count(why);
      if (event != null) {
        event.failed(index, request, why);
      }
    }
  }
}
