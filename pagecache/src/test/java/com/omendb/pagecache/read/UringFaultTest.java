package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.linux.ReadRing;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The reader over a ring whose kernel is unreliable. Invariants: short reads, interrupted calls, a
/// busy kernel and a full ring cost time and nothing else; what fails for good fails its own page,
/// or everything in flight if it is the ring, and the reader goes on.
@Timeout(60)
class UringFaultTest {
  private static final int PAGE_COUNT = 60;
  private static final int PAGE_BYTES = 16384;
  private static final int CAPACITY = 40;
  private static final int ENTRIES = 4; // so that the ring is full most of the time
  private static final int EIO = 5;
  private static final int EBADF = 9;

  @TempDir Path directory;
  private Path path;
  private byte[] bytes;
  private Arena arena;
  private MemorySegment frames;
  private final int[] tags = new int[CAPACITY];
  private final IOException[] failures = new IOException[CAPACITY];

  @BeforeEach
  void write() throws IOException {
    assumeTrue(LinuxCalls.unavailableReason() == null, "no descriptors here");
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, PAGE_BYTES);
    bytes = Files.readAllBytes(path);
    arena = Arena.ofShared();
    frames = AlignedMemory.allocatePages(arena, CAPACITY, PAGE_BYTES);
  }

  @AfterEach
  void free() {
    if (arena != null) {
      arena.close();
    }
  }

  /// Everything that is no failure, at random.
  private record Erratic(SplittableRandom random) implements UnreliableRing.Kernel {
    private static final int[] PASSING = {
      -LinuxCalls.EINTR, -LinuxCalls.EAGAIN, -LinuxCalls.ECANCELED
    };

    @Override
    public int enterError(int queued, int inKernel) {
      return switch (random.nextInt(12)) {
        case 0 -> -LinuxCalls.EINTR;
        case 1 -> -LinuxCalls.EAGAIN;
        case 2 -> -LinuxCalls.EBUSY;
        default -> 0;
      };
    }

    @Override
    public int taken(int queued) {
      return random.nextInt(3) == 0 ? random.nextInt(queued + 1) : queued;
    }

    @Override
    public int result(long offset, int length) {
      return switch (random.nextInt(6)) {
        case 0, 1 -> Math.min(length, 4096 * random.nextInt(1, 4));
        case 2 -> PASSING[random.nextInt(PASSING.length)];
        default -> length;
      };
    }
  }

  @Test
  void everyPageArrivesWhateverTheKernelDoes() throws IOException {
    SplittableRandom random = Seeds.random("everyPageArrivesWhateverTheKernelDoes", 61);
    try (PageFile file = open(new Erratic(random), random);
        PageReader reader = file.newReader(CAPACITY)) {
      for (int round = 0; round < 150; round++) {
        int count = random.nextInt(1, CAPACITY + 1);
        for (int i = 0; i < count; i++) {
          reader.submit((round + i) % PAGE_COUNT, frame(i), i);
        }
        if (random.nextInt(10) == 0) {
          reader.await(0, tags, failures);
          reader.drop();
          continue;
        }
        int arrived = 0;
        while (arrived < count) {
          int min = random.nextInt(reader.inFlight() + 1);
          int some = TestPages.await(reader, min, tags);
          assertTrue(some >= min);
          for (int i = 0; i < some; i++) {
            TestPages.check(frame(tags[i]), (round + tags[i]) % PAGE_COUNT);
          }
          arrived += some;
        }
        assertEquals(0, reader.inFlight());
      }
    }
  }

  @Test
  void aReadThatFailsForGoodFailsItsOwnPage() throws IOException {
    long broken = 5 * PAGE_BYTES + 4096; // within page 4
    checkOneFailure(
        (offset, length) -> offset == broken - 4096 ? 4096 : offset == broken ? -EIO : length,
        "offset=" + 5 * PAGE_BYTES + ", reason=errno=5 (EIO)");
  }

  @Test
  void aReadThatStaysUnfinishedFailsItsOwnPage() throws IOException {
    checkOneFailure(
        (offset, length) -> offset == 5 * PAGE_BYTES ? -LinuxCalls.EAGAIN : length,
        "it stays unfinished");
  }

  @Test
  void aFileThatEndsWithinASectorIsAtItsEnd() throws IOException {
    List<Long> offsets = new ArrayList<>();
    checkOneFailure(
        (offset, length) -> {
          offsets.add(offset);
          return offset == 5 * PAGE_BYTES ? 4096 : offset == 5 * PAGE_BYTES + 4096 ? 100 : length;
        },
        "expected=16384, actual=4196");
    assertTrue(offsets.stream().allMatch(offset -> offset % 4096 == 0), offsets.toString());
  }

  /// Reads pages, of which number 4 alone fails.
  private void checkOneFailure(UnreliableRing.Kernel kernel, String message) throws IOException {
    try (PageFile file = open(kernel, new SplittableRandom(1));
        PageReader reader = file.newReader(CAPACITY)) {
      for (int i = 0; i < CAPACITY; i++) {
        reader.submit(i, frame(i), i);
      }
      assertEquals(CAPACITY, reader.await(CAPACITY, tags, failures));
      for (int i = 0; i < CAPACITY; i++) {
        if (tags[i] == 4) {
          assertTrue(String.valueOf(failures[i]).contains(message), String.valueOf(failures[i]));
          assertEquals(message.contains("actual="), failures[i] instanceof CorruptFileException);
        } else {
          assertNull(failures[i]);
          TestPages.check(frame(tags[i]), tags[i]);
        }
      }
    }
  }

  /// Refuses once, with reads under way and queued.
  private static final class RefusesOnce implements UnreliableRing.Kernel {
    private final int error;
    private boolean refused;

    RefusesOnce(int error) {
      this.error = error;
    }

    @Override
    public int enterError(int queued, int inKernel) {
      if (refused || inKernel == 0) {
        return 0;
      }
      refused = true;
      return error;
    }

    @Override
    public int taken(int queued) {
      return Math.min(queued, 2);
    }

    @Override
    public int result(long offset, int length) {
      return length;
    }
  }

  @Test
  void aRingThatFailsFailsAllThatIsInFlightAndMayRecover() throws IOException {
    try (PageFile file = open(new RefusesOnce(-EBADF), new SplittableRandom(2));
        PageReader reader = file.newReader(CAPACITY)) {
      for (int i = 0; i < CAPACITY; i++) {
        reader.submit(i, frame(i), i);
      }
      int[] few = new int[7];
      boolean[] seen = new boolean[CAPACITY];
      int failed = 0;
      while (reader.inFlight() > 0) {
        int count = reader.await(1, few, failures);
        for (int i = 0; i < count; i++) {
          assertTrue(!seen[few[i]], "a tag that arrives twice");
          seen[few[i]] = true;
          failed += failures[i] != null ? 1 : 0;
        }
      }
      assertTrue(failed > CAPACITY / 2, "failed=" + failed);
      for (int i = 0; i < CAPACITY; i++) {
        assertTrue(seen[i]);
        reader.submit(i, frame(i), i);
      }
      assertEquals(CAPACITY, TestPages.await(reader, CAPACITY, tags));
      TestPages.check(frame(9), 9);
    }
  }

  @Test
  void aKernelThatStaysBusyFailsWhatItDoesNotTake() throws IOException {
    UnreliableRing.Kernel busy =
        new UnreliableRing.Kernel() {
          @Override
          public int enterError(int queued, int inKernel) {
            return queued > 0 ? -LinuxCalls.EBUSY : 0;
          }

          @Override
          public int result(long offset, int length) {
            return length;
          }
        };
    try (PageFile file = open(busy, new SplittableRandom(3));
        PageReader reader = file.newReader(CAPACITY)) {
      reader.submit(1, frame(0), 0);
      reader.submit(2, frame(1), 1);
      assertEquals(2, reader.await(1, tags, failures));
      assertNotNull(failures[0]);
      assertTrue(TestPages.message(failures[0]).startsWith("io_uring stays busy"));
      assertSame(failures[0], failures[1]);
      assertEquals(0, reader.inFlight());
    }
  }

  @Test
  void readersDoWithoutARingWhenNoneIsToBeHad() throws IOException {
    List<ReadRing> made = new ArrayList<>();
    ReadRing.Factory two =
        (entries, _) -> {
          if (made.size() == 2) {
            throw new IOException("no further ring");
          }
          ReadRing ring =
              new UnreliableRing(bytes, entries, (_, length) -> length, new SplittableRandom(4));
          made.add(ring);
          return ring;
        };
    try (PageFile file = open(two)) {
      List<PageReader> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        PageReader reader = file.newReader(2);
        readers.add(reader);
        assertEquals(i < 2, reader instanceof UringPageReader);
        reader.submit(i, frame(i), i);
        reader.submit(10 + i, frame(10 + i), 10 + i);
        assertEquals(2, TestPages.await(reader, 2, tags));
        TestPages.check(frame(i), i);
        TestPages.check(frame(10 + i), 10 + i);
      }
      readers.forEach(PageReader::close);
    }
  }

  @Test
  void aLookThatIsNotAskedToWaitEntersTheKernelOnlyIfNothingHasCompleted() throws IOException {
    SplittableRandom random = Seeds.random("aLookThatIsNotAskedToWait", 62);
    AtomicInteger enters = new AtomicInteger();
    UnreliableRing.Kernel counting =
        new UnreliableRing.Kernel() {
          @Override
          public int enterError(int queued, int inKernel) {
            enters.incrementAndGet();
            return 0;
          }

          @Override
          public int result(long offset, int length) {
            return length;
          }
        };
    UnreliableRing ring = new UnreliableRing(bytes, ENTRIES, counting, random);
    int[] one = new int[1];
    int taken = 0;
    int looked = 0;
    try (PageFile file = open((_, _) -> ring);
        PageReader reader = file.newReader(CAPACITY)) {
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < ENTRIES; i++) {
          reader.submit(i, frame(i), i);
        }
        TestPages.await(reader, 1, one);
        TestPages.check(frame(one[0]), one[0]);
        while (reader.inFlight() > 0) {
          boolean completed = ring.hasCompletion();
          int before = enters.get();
          int count = TestPages.await(reader, 0, one);
          assertEquals(completed ? 0 : 1, enters.get() - before);
          if (completed) {
            assertEquals(1, count);
            taken++;
          } else {
            looked++;
          }
        }
      }
    }
    assertTrue(taken > 0 && looked > 0, taken + " taken, " + looked + " looked");
  }

  @Test
  void aFileThatClosesLetsReadsUnderWayBeTriedAgainToTheirEnd() throws IOException {
    SplittableRandom random = Seeds.random("aFileThatClosesLetsReadsUnderWay", 63);
    for (int round = 0; round < 20; round++) {
      PageFile file = open(new Erratic(random), random);
      PageReader reader = file.newReader(CAPACITY);
      for (int i = 0; i < CAPACITY; i++) {
        reader.submit(i, frame(i), i);
      }
      int arrived = TestPages.await(reader, 0, tags);
      file.close();
      assertThrows(IllegalStateException.class, () -> reader.submit(0, frame(0), 0));
      while (reader.inFlight() > 0) {
        int count = TestPages.await(reader, 1, tags);
        for (int i = 0; i < count; i++) {
          TestPages.check(frame(tags[i]), tags[i]);
        }
        arrived += count;
      }
      assertEquals(CAPACITY, arrived);
      reader.close();
      assertThrows(IllegalStateException.class, () -> reader.await(0, tags, failures));
    }
  }

  private PageFile open(UnreliableRing.Kernel kernel, SplittableRandom random) throws IOException {
    return open((_, _) -> new UnreliableRing(bytes, ENTRIES, kernel, random));
  }

  private PageFile open(ReadRing.Factory rings) throws IOException {
    return PageFile.open(
        path,
        TestPages.MAGIC,
        1,
        TestPages.VERSION,
        p ->
            new OpenedSource(new DescriptorSource(p, false), PageReaderKind.IO_URING, true, rings));
  }

  private MemorySegment frame(int i) {
    return frames.asSlice((long) i * PAGE_BYTES, PAGE_BYTES);
  }
}
