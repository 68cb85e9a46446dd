package com.omendb.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.MissingBaseException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Archives that are damaged, and archives that somebody made to do harm. Invariants: restoring one
/// fails with a typed exception that names the archive, no file appears anywhere, and no more is
/// written meanwhile than the archive can hold.
class HostileArchiveTest {
  private static final UUID INDEX_ID = new UUID(7, 8);

  @TempDir Path temporary;

  private byte[] whole = new byte[0];
  private Path archive = Path.of("");
  private int headBytes;

  @BeforeEach
  void write() throws IOException {
    byte[] noise = new byte[9_000];
    new SplittableRandom(1).nextBytes(noise);
    byte[] plain = "all the same, ".repeat(700).getBytes(StandardCharsets.UTF_8);
    TinyIndex tiny = TinyIndex.write(temporary.resolve("index"), noise, plain, new byte[0]);
    archive = temporary.resolve("archive");
    Snapshots.write(tiny.directory(), archive, List.of(), false, Progress.NONE);
    whole = Files.readAllBytes(archive);
    headBytes = 8 + FrameFormat.getInt(whole, 4);
  }

  @Test
  void everyFlippedByteIsFound() throws Exception {
    SplittableRandom random = Seeds.random("everyFlippedByteIsFound", 81);
    for (int at = 0; at < whole.length; at += at < 700 || at > whole.length - 200 ? 1 : 23) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) random.nextInt(1, 256);
      refused(damaged);
    }
  }

  @Test
  void everyTruncationAndExtensionIsFound() throws Exception {
    for (int length = 0; length < whole.length; length += length < 600 ? 1 : 37) {
      refused(Arrays.copyOf(whole, length));
    }
    refused(Arrays.copyOf(whole, whole.length - 1));
    refused(Arrays.copyOf(whole, whole.length + 1));
    refused(Arrays.copyOf(whole, whole.length + ArchiveTail.BYTES));
  }

  @Test
  void randomChangesWithAllChecksumsMadeRightAreFoundOrHarmless() throws Exception {
    SplittableRandom random = Seeds.random("randomChangesWithAllChecksumsMadeRight", 82);
    for (int round = 0; round < 400; round++) {
      byte[] body = Arrays.copyOf(whole, whole.length - ArchiveTail.BYTES);
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      sealHead(body);
      // What passes holds the files that its manifest names, with their checksums.
      restoresOrIsRefused(withTail(body));
    }
  }

  @Test
  void framesThatClaimMoreOrLessThanTheManifestAreRefused() throws Exception {
    byte[] content = new byte[1000];
    for (long claimed : new long[] {0, 999, 1001, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      Body body = new Body().head(manifest("a.bytes", 1000, crc(content)));
      body.frame(claimed, content, content.length | FrameFormat.STORED);
      refused(body.sealed());
    }
    for (int word : new int[] {0, 1, 999, 1001, Integer.MAX_VALUE, -1, 1 << 31, 1000}) {
      Body body = new Body().head(manifest("a.bytes", 1000, crc(content)));
      body.frame(1000, content, word == 1000 ? 1000 : word);
      refused(body.sealed());
    }
  }

  @Test
  void lengthsThatNoArchiveCanHoldAreRefusedBeforeAnythingIsWritten() throws Exception {
    for (long length : new long[] {1 << 20, 1L << 40, Long.MAX_VALUE}) {
      Body body = new Body().head(manifest("a.bytes", length, 0));
      body.frame(length, new byte[10], 10 | FrameFormat.STORED);
      CorruptFileException e =
          assertThrows(CorruptFileException.class, () -> restore(body.sealed()));
      TestFiles.assertMentions("longer than the archive can hold", e);
    }
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    for (int i = 0; i < 8; i++) {
      files.put("a" + i, new Manifest.FileEntry(Long.MAX_VALUE / 4, 0));
    }
    refused(new Body().head(manifest(files)).sealed());
  }

  @Test
  void noNameLeadsOutOfTheIndex() throws Exception {
    String[] names = {
      "../escape",
      "..",
      ".",
      "",
      "/escape",
      "a/b",
      "a/../../../escape",
      "a\\b",
      "A",
      ".hidden",
      "a\u0000b",
      "\u202e",
      "c:x",
      "manifest.omen/../../escape"
    };
    for (String name : names) {
      Body body = new Body().head(manifest(name, 1, crc(new byte[1])));
      body.frame(1, new byte[1], 1 | FrameFormat.STORED);
      refused(body.sealed());
    }
    // What looks like a part of the index stays a file among the files.
    Body body = new Body().head(manifest(Manifest.FILE, 1, crc(new byte[1])));
    body.frame(1, new byte[1], 1 | FrameFormat.STORED);
    Files.write(archive, body.sealed());
    Path target = temporary.resolve("target");
    Snapshots.restore(archive, List.of(), target, false, Progress.NONE);
    assertEquals(2, TestFiles.snapshot(target).size());
    assertEquals(INDEX_ID, Manifest.read(target).indexId());
  }

  @Test
  void linksInTheTargetAreNotFollowed() throws Exception {
    Path victim = Files.createDirectory(temporary.resolve("victim"));
    Files.writeString(victim.resolve("a.bytes"), "precious");
    UUID id = Manifest.read(temporary.resolve("index")).indexId();
    Path target = Files.createDirectory(temporary.resolve("target"));
    Path link = Files.createSymbolicLink(target.resolve(id.toString()), victim);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> Snapshots.restore(archive, List.of(), target, false, Progress.NONE));
    assertEquals(victim, Files.readSymbolicLink(link));
    assertEquals("precious", Files.readString(victim.resolve("a.bytes")));
  }

  @Test
  void aNewerArchiveIsSaidToBeNewer() throws Exception {
    byte[] body = Arrays.copyOf(whole, whole.length - ArchiveTail.BYTES);
    FrameFormat.putInt(body, 16, 2);
    sealHead(body);
    Files.write(archive, withTail(body));
    UnsupportedFormatException e =
        assertThrows(UnsupportedFormatException.class, () -> restore(withTail(body)));
    assertEquals(2, e.formatVersion());
    nothingAppeared();
  }

  @Test
  void aBaseThatDoesNotHoldWhatItShouldIsRefused() throws Exception {
    ArchiveHead base = ArchiveHead.decode(Arrays.copyOf(whole, headBytes), archive);
    for (Manifest.FileEntry entry :
        new Manifest.FileEntry[] {
          new Manifest.FileEntry(8_999, 5), new Manifest.FileEntry(9_000, 5),
        }) {
      TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
      files.put("a.bytes", entry);
      ArchiveHead head =
          new ArchiveHead(
              UUID.randomUUID(),
              manifest(files),
              new TreeMap<>(Map.of("a.bytes", base.snapshotId())));
      Path next = Files.write(temporary.resolve("next"), withTail(head.encode()));
      assertThrows(
          CorruptFileException.class,
          () ->
              Snapshots.restore(
                  next, List.of(archive), temporary.resolve("target"), false, Progress.NONE));
      nothingAppeared();
    }
  }

  @Test
  void whatIsNoArchiveIsCalledThat() throws Exception {
    refused(
        "not an archive, but quite a long text about something else"
            .repeat(9)
            .getBytes(StandardCharsets.UTF_8));
    assertThrows(
        NoSuchFileException.class,
        () ->
            Snapshots.restore(
                temporary.resolve("none"),
                List.of(),
                temporary.resolve("x"),
                false,
                Progress.NONE));
    assertThrows(
        IOException.class,
        () ->
            Snapshots.restore(
                temporary.resolve("index"),
                List.of(),
                temporary.resolve("x"),
                false,
                Progress.NONE));
  }

  private void refused(byte[] bytes) throws IOException {
    CorruptFileException e = assertThrows(CorruptFileException.class, () -> restore(bytes));
    assertEquals(archive.toString(), e.path());
    nothingAppeared();
  }

  private void restoresOrIsRefused(byte[] bytes) throws IOException {
    try {
      restore(bytes);
      Path target = temporary.resolve("target");
      try (Stream<Path> files = Files.walk(target)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (CorruptFileException | UnsupportedFormatException | MissingBaseException _) {
      nothingAppeared();
    }
  }

  private void restore(byte[] bytes) throws IOException {
    Files.write(archive, bytes);
    Snapshots.restore(archive, List.of(), temporary.resolve("target"), false, Progress.NONE);
  }

  private void nothingAppeared() throws IOException {
    assertFalse(Files.exists(temporary.resolve("target")));
    try (Stream<Path> entries = Files.list(temporary)) {
      assertTrue(
          entries.allMatch(
              entry ->
                  List.of("index", "archive", "next")
                      .contains(String.valueOf(entry.getFileName()))));
    }
  }

  private static Manifest manifest(String file, long length, int crc32c) {
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    files.put(file, new Manifest.FileEntry(length, crc32c));
    return manifest(files);
  }

  private static Manifest manifest(SortedMap<String, Manifest.FileEntry> files) {
    return new Manifest(
        "diskann", INDEX_ID, 1, 1, ElementType.UINT8, Metric.SQUARED_L2, new TreeMap<>(), files);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private void sealHead(byte[] body) {
    FrameFormat.putInt(body, headBytes - 4, crc(Arrays.copyOf(body, headBytes - 4)));
  }

  private static byte[] withTail(byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(body);
    all.writeBytes(ArchiveTail.encode(body.length, crc(body)));
    return all.toByteArray();
  }

  /// An archive made by hand.
  private static final class Body {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Body head(Manifest manifest) {
      UUID id = UUID.randomUUID();
      TreeMap<String, UUID> holders = new TreeMap<>();
      manifest.files().keySet().forEach(name -> holders.put(name, id));
      bytes.writeBytes(new ArchiveHead(id, manifest, holders).encode());
      return this;
    }

    /// A frame of one block whose size field is `word`, whatever its bytes are.
    Body frame(long claimed, byte[] block, int word) {
      bytes.writeBytes(FrameFormat.header(claimed));
      byte[] numbers = new byte[4];
      FrameFormat.putInt(numbers, 0, word);
      bytes.writeBytes(numbers);
      bytes.writeBytes(block);
      FrameFormat.putInt(numbers, 0, FrameFormat.hash(block, 0, block.length));
      bytes.writeBytes(numbers);
      bytes.writeBytes(new byte[4]);
      return this;
    }

    byte[] sealed() {
      return withTail(bytes.toByteArray());
    }
  }
}
