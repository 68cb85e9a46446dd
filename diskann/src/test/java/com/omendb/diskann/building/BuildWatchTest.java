package com.omendb.diskann.building;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.metrics.InMemoryMetrics;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what the caller's Progress is told, the metrics and the Flight Recorder say the same
/// of every phase; gauges are there while the build runs, and gone after; a build that fails is
/// reported as such.
class BuildWatchTest {
  private static final int COUNT = 600;

  @TempDir Path folder;

  private final InMemoryMetrics metrics = new InMemoryMetrics();
  private final Map<String, Long> unitsByPhase = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();

  /// Adds up what it is told, and looks at the gauges when a phase begins.
  private final class Listener implements Progress {
    private final Labels labels;
    private String present = "";

    Listener(Path directory) {
      this.labels = Labels.of(Labels.INDEX, directory.toString());
    }

    @Override
    public void phase(String name, long totalUnits) {
      synchronized (unitsByPhase) {
        expect(present, 0);
        present = name;
        unitsByPhase.putIfAbsent(name, 0L);
        expect(name, 1);
        if (metrics.value(Meter.BUILD_ROWS, labels) != COUNT
            || metrics.value(Meter.BUILD_PHASE_UNITS, labels) != totalUnits
            || metrics.value(Meter.BUILD_BUDGET, labels) <= 0) {
          wrong.add(name);
        }
      }
    }

    private void expect(String phase, int value) {
      if (metrics.value(Meter.BUILD_PHASE, labels.and(Labels.PHASE, phase)) != value) {
        wrong.add(phase);
      }
    }

    @Override
    public void advance(long units) {
      synchronized (unitsByPhase) {
        unitsByPhase.merge(present, units, Long::sum);
      }
    }
  }

  @Test
  void phasesAreReportedAlike() throws Exception {
    long seed = Seeds.seed("phasesAreReportedAlike", 71);
    Path directory = folder.resolve("index");
    List<RecordedEvent> events;
    try (Arena arena = Arena.ofShared();
        Recording recording = new Recording()) {
      VectorSource vectors = TestIndexes.clustered(COUNT, 8, ElementType.FLOAT32, seed, arena);
      recording.enable("com.omendb.BuildPhase").withoutThreshold();
      recording.start();
      AnnIndex.build(vectors, directory, options(), new Listener(directory));
      events = eventsOf(recording);
    }
    assertEquals(List.of(), wrong);
    Labels labels = Labels.of(Labels.INDEX, directory.toString());
    assertTrue(unitsByPhase.size() > 5, unitsByPhase::toString);
    Map<String, Long> recorded = new LinkedHashMap<>();
    for (RecordedEvent event : events) {
      recorded.merge(event.getString("phase"), event.getLong("units"), Long::sum);
      assertEquals(directory.toString(), event.getString("index"));
      assertTrue(event.getBoolean("ended"));
      assertTrue(event.getDouble("unitsPerSecond") >= 0);
    }
    assertEquals(unitsByPhase, recorded);
    unitsByPhase.forEach(
        (phase, units) -> {
          Labels ofPhase = labels.and(Labels.PHASE, phase);
          assertEquals((double) units, metrics.value(Meter.BUILD_UNITS, ofPhase), phase);
          assertTrue(metrics.value(Meter.BUILD_PHASE_TIME, ofPhase) > 0, phase);
        });
    assertEquals(1, metrics.value(Meter.BUILDS, labels.and(Labels.OUTCOME, "done")));
    assertNoGauges();
  }

  @Test
  void aBuildThatFailsIsReportedAsSuch() throws Exception {
    Path directory = folder.resolve("index");
    List<RecordedEvent> events;
    try (Arena arena = Arena.ofShared();
        Recording recording = new Recording()) {
      MemorySegment memory = arena.allocate(COUNT * 8L * Float.BYTES, 64);
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, 77, Float.NaN);
      VectorSource vectors = VectorSource.dense(memory, COUNT, 8, ElementType.FLOAT32);
      recording.enable("com.omendb.BuildPhase").withoutThreshold();
      recording.start();
      assertThrows(
          IllegalArgumentException.class,
          () -> AnnIndex.build(vectors, directory, options(), Progress.NONE));
      events = eventsOf(recording);
    }
    assertEquals(1, events.size());
    assertEquals("check vectors", events.getFirst().getString("phase"));
    assertFalse(events.getFirst().getBoolean("ended"));
    Labels labels = Labels.of(Labels.INDEX, directory.toString());
    assertEquals(1, metrics.value(Meter.BUILDS, labels.and(Labels.OUTCOME, "failed")));
    assertEquals(0, metrics.value(Meter.BUILDS, labels.and(Labels.OUTCOME, "done")));
    assertNoGauges();
  }

  private BuildOptions options() {
    return TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
        .metrics(metrics)
        .build();
  }

  private void assertNoGauges() {
    for (InMemoryMetrics.Reading reading : metrics.readings()) {
      assertEquals(Meter.Kind.COUNTER, reading.meter().kind());
    }
  }

  private List<RecordedEvent> eventsOf(Recording recording) throws Exception {
    recording.stop();
    Path dump = folder.resolve("recording.jfr");
    recording.dump(dump);
    return RecordingFile.readAllEvents(dump);
  }
}
