package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnreadablePageException;
import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.linux.ReadRing;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pages that arrive damaged. Invariants, for reads through a ring and for blocking ones: a page
/// whose bytes were spoilt on the way once is read again and whole; one that is spoilt twice fails
/// after exactly two reads, with a typed error that names file and page; a page that is whole is
/// read once; a page that the device refuses is told apart from a damaged one.
@Timeout(60)
class ReadAgainTest {
  private static final int PAGE_COUNT = 40;
  private static final int PAGE_BYTES = 8192;

  @TempDir Path directory;
  private Path path = Path.of("");
  private final SplittableRandom random = Seeds.random("readAgain", 64);

  @BeforeEach
  void write() throws IOException {
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, PAGE_BYTES);
  }

  /// Spoils the first reads of each page, or refuses them.
  private static final class Device implements UnreliableRing.Kernel {
    private final AtomicIntegerArray spoilt = new AtomicIntegerArray(PAGE_COUNT);
    private final AtomicIntegerArray reads = new AtomicIntegerArray(PAGE_COUNT);
    private volatile int refused = Integer.MIN_VALUE;

    @Override
    public int result(long offset, int bytes) {
      return pageOf(offset) == refused ? -5 : bytes;
    }

    @Override
    public void spoil(MemorySegment read, long offset) {
      int page = pageOf(offset);
      if (page < 0) {
        return;
      }
      reads.incrementAndGet(page);
      if (spoilt.getAndDecrement(page) > 0) {
        byte before = read.get(ValueLayout.JAVA_BYTE, 500);
        read.set(ValueLayout.JAVA_BYTE, 500, (byte) (before ^ 4));
      }
    }

    private static int pageOf(long offset) {
      return (int) (offset / PAGE_BYTES) - 1;
    }
  }

  /// Blocking reads from a device.
  private record DeviceSource(PageSource real, Device device) implements PageSource {
    @Override
    public void read(MemorySegment target, long offset) throws IOException {
      if (device.result(offset, 1) < 0) {
        throw new IOException("pread failed: errno=5 (EIO)");
      }
      real.read(target, offset);
      device.spoil(target, offset);
    }

    @Override
    public boolean survivesInterrupts() {
      return real.survivesInterrupts();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  private PageFile openBlocking(Device device) throws IOException {
    return open(
        p -> {
          OpenedSource real = OpenedSource.open(p, true, PageReaderKind.MAPPED);
          return new OpenedSource(
              new DeviceSource(real.source(), device), PageReaderKind.PREAD, false, real.rings());
        });
  }

  private PageFile openRing(Device device) throws IOException {
    assumeTrue(LinuxCalls.unavailableReason() == null, "no descriptors here");
    byte[] bytes = Files.readAllBytes(path);
    ReadRing.Factory rings = (_, _) -> new UnreliableRing(bytes, 4, device, random);
    return open(
        p ->
            new OpenedSource(new DescriptorSource(p, false), PageReaderKind.IO_URING, true, rings));
  }

  private PageFile open(PageFile.SourceOpener opener) throws IOException {
    return PageFile.open(path, TestPages.MAGIC, 1, TestPages.VERSION, opener);
  }

  @Test
  void blockingReadsAreTriedTwice() throws IOException {
    Device device = new Device();
    try (PageFile file = openBlocking(device)) {
      check(file, device);
    }
  }

  @Test
  void readsThroughARingAreTriedTwice() throws IOException {
    Device device = new Device();
    try (PageFile file = openRing(device)) {
      check(file, device);
    }
  }

  private void check(PageFile file, Device device) throws IOException {
    device.spoilt.set(3, 1);
    device.spoilt.set(17, 2);
    device.spoilt.set(18, 1);
    device.refused = 30;
    IOException[] failures = readAll(file);
    for (int page = 0; page < PAGE_COUNT; page++) {
      switch (page) {
        case 17 -> {
          CorruptFileException e = assertInstanceOf(CorruptFileException.class, failures[page]);
          assertEquals(17, e.pageNumber());
          assertEquals(18L * PAGE_BYTES, e.offset());
          assertEquals(path.toString(), e.path());
        }
        case 30 -> {
          UnreadablePageException e =
              assertInstanceOf(UnreadablePageException.class, failures[page]);
          assertEquals(30, e.pageNumber());
          assertEquals(31L * PAGE_BYTES, e.offset());
          assertEquals(path.toString(), e.path());
        }
        default -> assertNull(failures[page], "page=" + page);
      }
      int reads = page == 30 ? 0 : page == 3 || page == 17 || page == 18 ? 2 : 1;
      assertEquals(reads, device.reads.get(page), "page=" + page);
    }
    assertEquals(3, file.pagesReadAgain());
    device.refused = Integer.MIN_VALUE;
    for (IOException failure : readAll(file)) {
      assertNull(failure);
    }
    assertEquals(3, file.pagesReadAgain());
  }

  /// Reads every page once, a few in flight, and checks those that arrive.
  private static IOException[] readAll(PageFile file) throws IOException {
    int inFlight = 5;
    IOException[] byPage = new IOException[PAGE_COUNT];
    int[] pageOfTag = new int[inFlight];
    int[] tags = new int[inFlight];
    IOException[] failures = new IOException[inFlight];
    try (Arena arena = Arena.ofShared();
        PageReader reader = file.newReader(inFlight)) {
      MemorySegment frames = AlignedMemory.allocatePages(arena, inFlight, PAGE_BYTES);
      int next = 0;
      for (int tag = 0; tag < inFlight; tag++) {
        pageOfTag[tag] = next;
        reader.submit(next++, frames.asSlice((long) tag * PAGE_BYTES, PAGE_BYTES), tag);
      }
      while (reader.inFlight() > 0) {
        int count = reader.await(1, tags, failures);
        for (int i = 0; i < count; i++) {
          MemorySegment frame = frames.asSlice((long) tags[i] * PAGE_BYTES, PAGE_BYTES);
          byPage[pageOfTag[tags[i]]] = failures[i];
          if (failures[i] == null) {
            TestPages.check(frame, pageOfTag[tags[i]]);
          }
          if (next < PAGE_COUNT) {
            pageOfTag[tags[i]] = next;
            reader.submit(next++, frame, tags[i]);
          }
        }
      }
    }
    return byPage;
  }
}
