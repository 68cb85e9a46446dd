package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.file.PageWriter;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: pages come back as written at every page size; a file that is cut, extended,
/// unfinished or of another kind is refused at opening; a file system without direct reads still
/// serves.
class PageFileTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("pages");
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 12288, 65536})
  void readsWhatWasWritten(int pageBytes) throws IOException {
    int pageCount = 2 * (1 << 20) / pageBytes + 3; // more than one batch of the writer
    TestPages.write(path, pageCount, pageBytes);
    assertEquals((pageCount + 1L) * pageBytes, Files.size(path));
    try (PageFile file = TestPages.open(path)) {
      assertEquals(pageBytes, file.pageBytes());
      assertEquals(pageCount, file.pageCount());
      assertEquals(TestPages.INDEX_ID, file.header().indexId());
      assertArrayEquals(new long[] {pageCount, -1}, file.header().fields());
      for (int page = 0; page < pageCount; page++) {
        checkPage(file, page);
      }
    }
  }

  @Test
  void holdsNoPages() throws IOException {
    TestPages.write(path, 0, TestPages.PAGE_BYTES);
    try (PageFile file = TestPages.open(path)) {
      assertEquals(0, file.pageCount());
    }
  }

  @Test
  void handsOutZeroedPagesAndSealsThem() throws IOException {
    try (PageWriter writer =
        new PageWriter(
            Storage.disk().file(path),
            TestPages.MAGIC,
            1,
            TestPages.INDEX_ID,
            TestPages.PAGE_BYTES)) {
      for (int i = 0; i < 600; i++) {
        MemorySegment page = writer.page();
        assertEquals(TestPages.PAGE_BYTES, page.byteSize());
        assertEquals(-1, page.mismatch(MemorySegment.ofArray(new byte[TestPages.PAGE_BYTES])));
        assertEquals(i, writer.pageCount());
        page.fill((byte) i);
        writer.write();
      }
      writer.finish(new long[0]);
      assertThrows(IllegalStateException.class, writer::write);
      assertThrows(IllegalStateException.class, () -> writer.finish(new long[0]));
    }
    byte[] bytes = Files.readAllBytes(path);
    MemorySegment page599 = MemorySegment.ofArray(bytes).asSlice(600 * 4096L, 4096);
    PageHeader.verify(page599, path, 599);
    assertEquals(599, page599.get(ValueLayout.JAVA_INT_UNALIGNED, 4));
    assertEquals((byte) 599, bytes[bytes.length - 1]);
  }

  @Test
  void refusesAFileThatWasNotFinished() throws IOException {
    try (PageWriter writer =
        new PageWriter(
            Storage.disk().file(path),
            TestPages.MAGIC,
            1,
            TestPages.INDEX_ID,
            TestPages.PAGE_BYTES)) {
      for (int i = 0; i < 300; i++) {
        writer.write();
      }
    }
    assertTrue(Files.size(path) > FileHeader.BYTES);
    assertThrows(CorruptFileException.class, () -> TestPages.open(path));
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192})
  void refusesEveryLengthButItsOwn(int pageBytes) throws IOException {
    TestPages.write(path, 3, pageBytes);
    byte[] whole = Files.readAllBytes(path);
    int[] lengths = {
      0,
      1,
      4095,
      4096,
      pageBytes,
      whole.length - pageBytes,
      whole.length - 512,
      whole.length - 1,
      whole.length + 1,
      whole.length + 512,
      whole.length + pageBytes
    };
    for (int length : lengths) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThrows(CorruptFileException.class, () -> TestPages.open(path), "length " + length);
    }
    Files.write(path, whole);
    TestPages.open(path).close();
  }

  @Test
  void refusesADamagedHeaderPage() throws IOException {
    TestPages.write(path, 1, 8192);
    byte[] whole = Files.readAllBytes(path);
    for (int i : new int[] {0, 8, 16, 100, 4095, 4096, 8191}) {
      byte[] broken = whole.clone();
      broken[i] ^= 4;
      Files.write(path, broken);
      assertThrows(CorruptFileException.class, () -> TestPages.open(path), "byte " + i);
    }
  }

  @Test
  void refusesOtherKindsAndVersions() throws IOException {
    TestPages.write(path, 1, TestPages.PAGE_BYTES);
    assertThrows(
        CorruptFileException.class, () -> PageFile.open(path, "OMENELSE", 1, 9, true).close());
    assertThrows(
        UnsupportedFormatException.class,
        () -> PageFile.open(path, TestPages.MAGIC, 1, TestPages.VERSION - 1, true).close());
    assertThrows(
        NoSuchFileException.class,
        () -> PageFile.open(directory.resolve("none"), TestPages.MAGIC, 1, 1, true).close());
  }

  @ParameterizedTest
  @EnumSource
  void readsThroughTheKernelsCacheWhenAskedTo(PageReaderKind engine) throws IOException {
    TestPages.write(path, 4, TestPages.PAGE_BYTES);
    try (PageFile file = open(path, false, engine.label())) {
      assertFalse(file.direct());
      assertEquals(engine.label(), file.engine());
      checkPage(file, 3);
    } catch (IOException e) {
      boolean refused = TestPages.message(e).startsWith("io_uring was asked for, but is refused");
      assertTrue(engine == PageReaderKind.IO_URING && refused, e.toString());
    }
  }

  @Test
  void usesTheEngineThatIsAskedForByNameOrElseByProperty() throws IOException {
    TestPages.write(path, 2, TestPages.PAGE_BYTES);
    String before = System.getProperty(PageReaderKind.PROPERTY);
    try {
      System.setProperty(PageReaderKind.PROPERTY, "mapped");
      try (PageFile file = TestPages.open(path)) {
        assertEquals("mapped", file.engine());
        assertFalse(file.direct());
        checkPage(file, 1);
      }
      try (PageFile file = open(path, true, "pread")) {
        assertEquals("pread", file.engine());
        checkPage(file, 1);
      }
      System.setProperty(PageReaderKind.PROPERTY, "mmap");
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> TestPages.open(path));
      assertTrue(
          TestPages.message(e).endsWith("io_uring, pread, mapped: omen.pageReader=mmap"),
          TestPages.message(e));
      e = assertThrows(IllegalArgumentException.class, () -> open(path, true, "PREAD"));
      assertTrue(TestPages.message(e).endsWith(": pageReader=PREAD"), TestPages.message(e));
    } finally {
      if (before == null) {
        System.clearProperty(PageReaderKind.PROPERTY);
      } else {
        System.setProperty(PageReaderKind.PROPERTY, before);
      }
    }
  }

  private static PageFile open(Path path, boolean direct, String pageReader) throws IOException {
    return PageFile.open(path, TestPages.MAGIC, 1, TestPages.VERSION, direct, pageReader);
  }

  @Test
  void servesAFileSystemWithoutDirectReads() throws IOException {
    Path archive = directory.resolve("archive.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path outside = TestPages.write(path, 4, TestPages.PAGE_BYTES);
      Path inside = Files.copy(outside, zip.getPath("pages"));
      try (PageFile file = TestPages.open(inside)) {
        assertEquals("pread", file.engine());
        assertFalse(file.direct());
        checkPage(file, 0);
        checkPage(file, 3);
      }
      assertThrows(IOException.class, () -> open(inside, true, "io_uring"));
      assertThrows(IOException.class, () -> open(inside, true, "mapped"));
    }
  }

  @Test
  void doesNotOverwrite() throws IOException {
    TestPages.write(path, 1, TestPages.PAGE_BYTES);
    assertThrows(
        FileAlreadyExistsException.class, () -> TestPages.write(path, 2, TestPages.PAGE_BYTES));
    TestPages.open(path).close();
  }

  @Test
  void refusesArgumentsThatNoFileCanHave() {
    for (int pageBytes : new int[] {0, -4096, 4095, 512, 65536 + 4096}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new PageWriter(
                      Storage.disk().file(path),
                      TestPages.MAGIC,
                      1,
                      TestPages.INDEX_ID,
                      pageBytes));
      assertTrue(TestPages.message(e).endsWith("pageBytes=" + pageBytes), TestPages.message(e));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new PageWriter(Storage.disk().file(path), "short", 1, TestPages.INDEX_ID, 4096));
    assertFalse(Files.exists(path));
  }

  @Test
  void refusesReadersOnceClosed() throws IOException {
    TestPages.write(path, 1, TestPages.PAGE_BYTES);
    PageFile file = TestPages.open(path);
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, () -> file.newReader(1));
  }

  private static void checkPage(PageFile file, int number) throws IOException {
    try (Arena arena = Arena.ofShared();
        PageReader reader = file.newReader(1)) {
      MemorySegment frame = AlignedMemory.allocatePages(arena, 1, file.pageBytes());
      reader.submit(number, frame, 7);
      int[] tags = new int[1];
      assertEquals(1, TestPages.await(reader, 1, tags));
      assertEquals(7, tags[0]);
      TestPages.check(frame, number);
    }
  }
}
