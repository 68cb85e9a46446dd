package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: a recording that asks for page reads and evictions gets one event of each, with the
/// page and the file; one that does not ask gets none; what is in flight is what was asked for and
/// has not come.
@Timeout(60)
class PageEventsTest {
  private static final String READ = "com.omendb.PageRead";
  private static final String EVICTION = "com.omendb.PageEviction";
  private static final int PAGE_COUNT = 60;
  private static final int FRAMES = 20;
  private static final int MAX_PINNED = 8;

  @TempDir Path directory;
  private Path path;
  private PageFile file;
  private PageCache cache;

  @BeforeEach
  void open() throws IOException {
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, TestPages.PAGE_BYTES);
    file = TestPages.open(path);
    cache = new PageCache(file, (long) FRAMES * TestPages.PAGE_BYTES, MAX_PINNED);
  }

  @AfterEach
  void close() {
    cache.close();
    file.close();
  }

  @Test
  void everyReadAndEvictionIsRecordedForWhoAsks() throws IOException {
    List<RecordedEvent> events;
    try (Recording recording = new Recording()) {
      recording.enable(READ).withoutThreshold().with("throttle", "off");
      recording.enable(EVICTION).with("throttle", "off");
      recording.start();
      fetchAll();
      events = eventsOf(recording);
    }
    List<RecordedEvent> reads = named(events, READ);
    assertEquals(cache.reads(), reads.size());
    assertEquals(
        IntStream.range(0, PAGE_COUNT).boxed().toList(),
        reads.stream().map(event -> event.getInt("pageNumber")).sorted().toList());
    for (RecordedEvent read : reads) {
      assertEquals(path.toString(), read.getString("path"));
      assertEquals(TestPages.PAGE_BYTES, read.getInt("bytes"));
      assertNull(read.getString("failure"));
      assertTrue(read.getDuration().toNanos() > 0);
    }
    List<RecordedEvent> evictions = named(events, EVICTION);
    assertTrue(cache.evictions() >= PAGE_COUNT - FRAMES, () -> "evictions=" + cache.evictions());
    assertEquals(cache.evictions(), evictions.size());
    for (RecordedEvent eviction : evictions) {
      assertEquals(path.toString(), eviction.getString("path"));
      int page = eviction.getInt("pageNumber");
      assertTrue(page >= 0 && page < PAGE_COUNT, () -> "page=" + page);
    }
  }

  @Test
  void aReadThatFailsIsRecordedWithItsReason() throws IOException {
    try (RandomAccessFile damaged = new RandomAccessFile(path.toFile(), "rw")) {
      damaged.seek(6L * TestPages.PAGE_BYTES + 100);
      int before = damaged.read();
      damaged.seek(6L * TestPages.PAGE_BYTES + 100);
      damaged.write(before ^ 1);
    }
    List<RecordedEvent> events;
    try (Recording recording = new Recording();
        PageSession session = PageSession.of(cache, MAX_PINNED)) {
      recording.enable(READ).withoutThreshold().with("throttle", "off");
      recording.start();
      assertThrows(CorruptFileException.class, () -> session.fetch(new int[] {5}, 1));
      events = eventsOf(recording);
    }
    assertEquals(1, events.size());
    assertEquals(5, events.getFirst().getInt("pageNumber"));
    String failure = events.getFirst().getString("failure");
    assertTrue(failure.startsWith("page checksum differs"), failure);
  }

  @Test
  void nothingIsRecordedForWhoDoesNotAsk() throws IOException {
    try (Recording recording = new Recording()) {
      recording.start();
      fetchAll();
      List<RecordedEvent> events = eventsOf(recording);
      assertEquals(List.of(), named(events, READ));
      assertEquals(List.of(), named(events, EVICTION));
    }
  }

  @Test
  void inFlightIsWhatWasAskedForAndHasNotCome() throws IOException {
    int[] arrived = new int[MAX_PINNED];
    try (PageRequests requests = cache.newSession(MAX_PINNED)) {
      for (int ticket = 0; ticket < 3; ticket++) {
        assertFalse(requests.request(ticket, ticket));
      }
      // The same page once more is not read once more.
      assertFalse(requests.request(0, 3));
      assertEquals(3, cache.readsInFlight());
      assertEquals(4, requests.await(4, arrived));
      assertEquals(0, cache.readsInFlight());
      assertEquals(3, cache.reads());
      assertEquals(1, cache.joins());
      assertFalse(requests.request(40, 4));
      assertEquals(1, cache.readsInFlight());
    }
    assertEquals(0, cache.readsInFlight());
    assertEquals(1, cache.joins());
  }

  private void fetchAll() throws IOException {
    try (PageSession session = PageSession.of(cache, MAX_PINNED)) {
      for (int page = 0; page < PAGE_COUNT; page++) {
        session.fetch(new int[] {page}, 1);
        session.release();
      }
    }
  }

  private List<RecordedEvent> eventsOf(Recording recording) throws IOException {
    recording.stop();
    Path dump = directory.resolve("recording.jfr");
    recording.dump(dump);
    return RecordingFile.readAllEvents(dump);
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    List<RecordedEvent> named = new ArrayList<>(events);
    named.removeIf(event -> !event.getEventType().getName().equals(name));
    return named;
  }
}
