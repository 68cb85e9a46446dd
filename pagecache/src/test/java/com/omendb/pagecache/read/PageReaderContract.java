package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every read engine must do. Invariants: each page submitted arrives once, whole and with its
/// tag; damage, short files and failures fail the page they concern and leave the reader usable;
/// interrupts neither fail a read nor get lost; files and readers may be closed in any order.
@Timeout(60)
abstract class PageReaderContract {
  private static final int PAGE_COUNT = 300;
  private static final int CAPACITY = 16;

  @TempDir Path directory;
  private Path path;
  private Arena arena;
  private MemorySegment frames;

  /// The engine under test, or a failed assumption where this system does not have it.
  abstract OpenedSource open(Path path) throws IOException;

  @BeforeEach
  void write() throws IOException {
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, TestPages.PAGE_BYTES);
    arena = Arena.ofShared();
    frames = AlignedMemory.allocatePages(arena, CAPACITY, TestPages.PAGE_BYTES);
  }

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void readsEveryPageOnceWithItsTag() throws IOException {
    SplittableRandom random = Seeds.random("readsEveryPageOnceWithItsTag", 21);
    try (PageFile file = openFile();
        PageReader reader = file.newReader(CAPACITY)) {
      assertEquals(CAPACITY, reader.capacity());
      int[] pageOfTag = new int[CAPACITY];
      BitSet inFlight = new BitSet();
      int[] tags = new int[CAPACITY];
      for (int round = 0; round < 1_000; round++) {
        while (inFlight.cardinality() < CAPACITY && random.nextInt(4) > 0) {
          int tag = inFlight.nextClearBit(0);
          pageOfTag[tag] = random.nextInt(PAGE_COUNT);
          reader.submit(pageOfTag[tag], frame(tag), tag);
          inFlight.set(tag);
        }
        assertEquals(inFlight.cardinality(), reader.inFlight());
        int min = random.nextInt(reader.inFlight() + 1);
        int arrived = TestPages.await(reader, min, tags);
        assertTrue(arrived >= min);
        for (int i = 0; i < arrived; i++) {
          assertTrue(inFlight.get(tags[i]), "a tag that is not in flight");
          inFlight.clear(tags[i]);
          TestPages.check(frame(tags[i]), pageOfTag[tags[i]]);
        }
      }
    }
  }

  @Test
  void returnsNoMoreThanTheTagsHold() throws IOException {
    try (PageFile file = openFile();
        PageReader reader = file.newReader(CAPACITY)) {
      for (int i = 0; i < CAPACITY; i++) {
        reader.submit(i, frame(i), i);
      }
      BitSet seen = new BitSet();
      int[] two = new int[2];
      while (reader.inFlight() > 0) {
        int arrived = TestPages.await(reader, 1, two);
        assertTrue(arrived == 1 || arrived == 2);
        for (int i = 0; i < arrived; i++) {
          TestPages.check(frame(two[i]), two[i]);
          seen.set(two[i]);
        }
      }
      assertEquals(CAPACITY, seen.cardinality());
      assertEquals(0, TestPages.await(reader, 0, two));
    }
  }

  @Test
  void startsReadsWithoutWaiting() throws IOException {
    try (PageFile file = openFile();
        PageReader reader = file.newReader(2)) {
      reader.submit(5, frame(0), 0);
      int[] tags = new int[2];
      int arrived = TestPages.await(reader, 0, tags);
      while (arrived == 0) {
        arrived = TestPages.await(reader, 0, tags);
      }
      TestPages.check(frame(0), 5);
    }
  }

  @Test
  void readsPagesOfEverySize() throws IOException {
    for (int pageBytes : new int[] {8192, 16384, 65536}) {
      Path other = TestPages.write(directory.resolve("pages" + pageBytes), 5, pageBytes);
      try (PageFile file = openFile(other);
          PageReader reader = file.newReader(3)) {
        MemorySegment three = AlignedMemory.allocatePages(arena, 3, pageBytes);
        int[] tags = new int[3];
        for (int i = 0; i < 3; i++) {
          reader.submit(4 - i, three.asSlice((long) i * pageBytes, pageBytes), i);
        }
        assertEquals(3, TestPages.await(reader, 3, tags));
        for (int i = 0; i < 3; i++) {
          TestPages.check(three.asSlice((long) i * pageBytes, pageBytes), 4 - i);
        }
      }
    }
  }

  @Test
  void aDamagedPageFailsItsOwnReadOnly() throws IOException {
    damage(100, 1000);
    try (PageFile file = openFile();
        PageReader reader = file.newReader(CAPACITY)) {
      for (int i = 0; i < CAPACITY; i++) {
        reader.submit(90 + i, frame(i), i);
      }
      BitSet arrived = new BitSet();
      int[] tags = new int[5];
      IOException[] failures = new IOException[5];
      while (reader.inFlight() > 0) {
        int count = reader.await(1, tags, failures);
        for (int i = 0; i < count; i++) {
          assertFalse(arrived.get(tags[i]), "a tag that arrives twice");
          arrived.set(tags[i]);
          if (tags[i] == 10) {
            CorruptFileException e = assertInstanceOf(CorruptFileException.class, failures[i]);
            assertEquals(101 * 4096L, e.offset());
            assertTrue(TestPages.message(e).contains("pageNumber=100"), TestPages.message(e));
          } else {
            assertNull(failures[i]);
            TestPages.check(frame(tags[i]), 90 + tags[i]);
          }
        }
      }
      assertEquals(CAPACITY, arrived.cardinality());
      readOne(reader, 99);
      assertThrows(CorruptFileException.class, () -> readOne(reader, 100));
      readOne(reader, 101);
    }
  }

  @Test
  void refusesAPageInAnothersPlace() throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      byte[] page = new byte[4096];
      bytes.seek(8 * 4096L);
      bytes.readFully(page);
      bytes.seek(31 * 4096L);
      bytes.write(page);
    }
    try (PageFile file = openFile();
        PageReader reader = file.newReader(1)) {
      CorruptFileException e = assertThrows(CorruptFileException.class, () -> readOne(reader, 30));
      assertEquals("pageNumber=30", e.expected());
      assertEquals("pageNumber=7", e.actual());
    }
  }

  /// Cut between sectors and within one.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 512, 4096, 4099, 8191})
  void saysWhereAFileThatShrankEnds(int bytesLeft) throws IOException {
    Path large = TestPages.write(directory.resolve("large"), 10, 8192);
    try (PageFile file = openFile(large);
        PageReader reader = file.newReader(4)) {
      try (RandomAccessFile bytes = new RandomAccessFile(large.toFile(), "rw")) {
        bytes.setLength(8 * 8192L + bytesLeft); // of page 7
      }
      MemorySegment frame = AlignedMemory.allocatePages(arena, 1, 8192);
      int[] tags = new int[1];
      reader.submit(7, frame, 0);
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> TestPages.await(reader, 1, tags));
      String end = "expected=8192, actual=" + bytesLeft;
      assertTrue(TestPages.message(e).endsWith(end), TestPages.message(e));
      reader.submit(8, frame, 0);
      assertThrows(CorruptFileException.class, () -> TestPages.await(reader, 1, tags));
      reader.submit(6, frame, 0);
      assertEquals(1, TestPages.await(reader, 1, tags));
      TestPages.check(frame, 6);
    }
  }

  @Test
  void refusesWhatCannotBeRead() throws IOException {
    try (PageFile file = openFile();
        PageReader reader = file.newReader(1)) {
      rejects("pageNumber=-1", () -> reader.submit(-1, frame(0), 0));
      rejects("pageNumber=" + PAGE_COUNT, () -> reader.submit(PAGE_COUNT, frame(0), 0));
      assertThrows(
          IllegalArgumentException.class, () -> reader.submit(0, frames.asSlice(8, 4096), 0));
      assertThrows(
          IllegalArgumentException.class, () -> reader.submit(0, frames.asSlice(0, 4088), 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> reader.submit(0, MemorySegment.ofArray(new byte[4096]), 0));
      rejects("minCompletions=1", () -> TestPages.await(reader, 1, new int[1]));
      reader.submit(0, frame(0), 0);
      assertThrows(IllegalStateException.class, () -> reader.submit(1, frame(1), 0));
      rejects("minCompletions=2", () -> TestPages.await(reader, 2, new int[2]));
      rejects("minCompletions=1", () -> TestPages.await(reader, 1, new int[0]));
      rejects("failures.length=1", () -> reader.await(1, new int[2], new IOException[1]));
      assertEquals(1, TestPages.await(reader, 1, new int[1]));
      assertThrows(IllegalArgumentException.class, () -> file.newReader(0));
    }
  }

  @Test
  void forgetsWhatIsDropped() throws IOException {
    try (PageFile file = openFile();
        PageReader reader = file.newReader(4)) {
      int[] tags = new int[4];
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 4; i++) {
          reader.submit(i, frame(i), i);
        }
        TestPages.await(reader, 0, tags);
        if (reader.inFlight() < 4) {
          reader.submit(9, frame(5), 9); // one that is only queued
        }
        reader.drop();
        assertEquals(0, reader.inFlight());
        readOne(reader, 20);
      }
    }
  }

  @Test
  void closesInAnyOrder() throws IOException {
    PageFile file = openFile();
    PageReader first = file.newReader(4);
    PageReader second = file.newReader(4);
    int[] tags = new int[4];
    first.submit(1, frame(1), 1);
    second.submit(2, frame(2), 2);
    TestPages.await(second, 0, tags);
    file.close();
    assertEquals(1, TestPages.await(first, 1, tags)); // submitted in time
    TestPages.check(frame(1), 1);
    assertThrows(IllegalStateException.class, () -> first.submit(3, frame(3), 3));
    assertThrows(IllegalStateException.class, () -> file.newReader(1));
    second.close();
    second.close();
    assertThrows(IllegalStateException.class, () -> second.submit(1, frame(1), 1));
    assertThrows(IllegalStateException.class, () -> TestPages.await(second, 0, tags));
    second.drop();
    assertEquals(0, second.inFlight());
    first.close();
  }

  @Test
  void interruptsNeitherFailReadsNorGetLost() throws Exception {
    try (PageFile file = openFile()) {
      FutureTask<Boolean> interrupted =
          new FutureTask<>(
              () -> {
                Thread.currentThread().interrupt();
                readMany(file, 0, 1);
                boolean kept = Thread.interrupted();
                readMany(file, 0, 500);
                return kept;
              });
      FutureTask<Void> bystander = new FutureTask<>(() -> readMany(file, 4, 500));
      Thread target = Thread.ofPlatform().start(interrupted);
      Thread.ofPlatform().start(bystander);
      while (!interrupted.isDone()) {
        target.interrupt();
        Thread.onSpinWait();
      }
      assertTrue(interrupted.get(), "the interrupt is lost");
      bystander.get();
      readMany(file, 0, 1);
    }
  }

  @Test
  void manyReadersReadAtOnce() throws Exception {
    try (PageFile file = openFile();
        ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int firstFrame = 4 * i;
        workers.add(executor.submit(() -> readMany(file, firstFrame, 500)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
  }

  @Test
  void aReaderMayMoveBetweenThreads() throws Exception {
    try (PageFile file = openFile();
        PageReader reader = file.newReader(4)) {
      for (int i = 0; i < 20; i++) {
        int page = i;
        Thread starter =
            Thread.ofPlatform()
                .start(
                    () -> {
                      reader.submit(page, frame(0), 0);
                      start(reader);
                    });
        starter.join();
        // The thread that started the read has ended; what had not arrived by then arrives now.
        if (reader.inFlight() > 0) {
          assertEquals(1, TestPages.await(reader, 1, new int[1]));
        }
        TestPages.check(frame(0), page);
      }
    }
  }

  private static void start(PageReader reader) {
    try {
      TestPages.await(reader, 0, new int[1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Reads in rounds of four into frames from `firstFrame` on.
  private Void readMany(PageFile file, int firstFrame, int rounds) throws IOException {
    SplittableRandom random = new SplittableRandom(firstFrame);
    int[] pages = new int[4];
    try (PageReader reader = file.newReader(4)) {
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 4; i++) {
          pages[i] = random.nextInt(PAGE_COUNT);
          reader.submit(pages[i], frame(firstFrame + i), i);
        }
        assertEquals(4, TestPages.await(reader, 4, new int[4]));
        for (int i = 0; i < 4; i++) {
          TestPages.check(frame(firstFrame + i), pages[i]);
        }
      }
    }
    return null;
  }

  private void readOne(PageReader reader, int page) throws IOException {
    reader.submit(page, frame(0), 3);
    int[] tags = new int[1];
    assertEquals(1, TestPages.await(reader, 1, tags));
    assertEquals(3, tags[0]);
    TestPages.check(frame(0), page);
  }

  private void damage(int page, int offset) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      bytes.seek((page + 1) * 4096L + offset);
      int value = bytes.read();
      bytes.seek((page + 1) * 4096L + offset);
      bytes.write(value ^ 1);
    }
  }

  private MemorySegment frame(int i) {
    return frames.asSlice(i * 4096L, 4096);
  }

  private PageFile openFile() throws IOException {
    return openFile(path);
  }

  PageFile openFile(Path file) throws IOException {
    return PageFile.open(file, TestPages.MAGIC, 1, TestPages.VERSION, this::open);
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void rejects(String end, Action action) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(TestPages.message(e).endsWith(end), TestPages.message(e));
  }
}
