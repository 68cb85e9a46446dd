package com.omendb.store.directory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a manifest reads back as it was written and its text is the documented one; whatever
/// happened to its bytes, reading it fails with a typed exception that names it, never with another
/// kind; no manifest can name a file outside its directory.
class ManifestTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
  private static final Path PATH = Path.of("some", "index", Manifest.FILE);

  private static final String GOLDEN =
      """
      omendb-manifest=4
      kind=hybrid
      indexId=01234567-89ab-cdef-fedc-ba9876543210
      count=1000000
      dimension=128
      elementType=uint8
      metric=l2
      setting.alpha=1.2
      setting.maxDegree=64
      file.base.pages=273551360 9c41e2d0
      file.codes.pq=32004096 0000000f
      """;

  @TempDir Path directory;

  @Test
  void itsTextIsTheDocumentedOne() throws Exception {
    assertEquals(withChecksum(GOLDEN), text(golden()));
    assertEquals(golden(), Manifest.decode(bytes(withChecksum(GOLDEN)), PATH));
  }

  @Test
  void itsTextIsTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals(withChecksum(GOLDEN), text(golden()));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anyManifestRoundTrips() throws Exception {
    SplittableRandom random = Seeds.random("anyManifestRoundTrips", 7);
    for (int round = 0; round < 200; round++) {
      TreeMap<String, String> settings = new TreeMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        settings.put("s" + random.nextInt(100), "a=b c=" + random.nextDouble() + " \u00e9=");
      }
      TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        files.put(
            "f-" + random.nextInt(100) + ".part",
            new Manifest.FileEntry(random.nextLong(1L << 50), random.nextInt()));
      }
      Manifest manifest =
          new Manifest(
              "kind-" + round,
              new UUID(random.nextLong(), random.nextLong()),
              random.nextLong(1, Long.MAX_VALUE),
              random.nextInt(1, 8193),
              ElementType.ofCode(random.nextInt(1, 4)),
              Metric.ofCode(random.nextInt(1, 4)),
              settings,
              files);
      assertEquals(manifest, Manifest.decode(manifest.encode(), PATH));
    }
  }

  @Test
  void everyFlippedByteIsRefused() {
    byte[] whole = golden().encode();
    for (int offset = 0; offset < whole.length; offset++) {
      for (int bits : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 0x0f, 0xff}) {
        byte[] damaged = whole.clone();
        damaged[offset] ^= (byte) bits;
        assertRefused(damaged);
      }
    }
  }

  @Test
  void everyOtherLengthIsRefused() {
    byte[] whole = golden().encode();
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length));
    }
    for (String more : new String[] {"\0", "\n", "x", "kind=diskann\n", "crc32c=00000000\n"}) {
      assertRefused(bytes(text(golden()) + more));
    }
    assertRefused(bytes("crc32c=00000000\n"));
  }

  @Test
  void anOversizedFileIsRefusedUnread() throws Exception {
    Files.write(directory.resolve(Manifest.FILE), new byte[(1 << 20) + 1]);
    CorruptFileException e =
        assertThrows(CorruptFileException.class, () -> Manifest.read(directory));
    TestFiles.assertMentions("too long", e);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret",
        "..",
        ".",
        "a/../../b",
        "/etc/passwd",
        "a\\b",
        "",
        ".hidden",
        "UPPER",
        "nul\0byte",
        "caf\u00e9"
      })
  void noFileNameLeadsOutOfTheDirectory(String name) {
    assertMalformed(GOLDEN + "file." + name + "=1 00000000\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"file.x=-1 00000000", "file.x=1", "file.x=1 g", "file.x=1 0 0", "file.x= 0"})
  void aFileLineMustHoldLengthAndChecksum(String line) {
    assertMalformed(GOLDEN + line + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kind",
        "indexId",
        "count",
        "dimension",
        "elementType",
        "metric",
        "omendb-manifest"
      })
  void everyNameIsNeeded(String name) {
    assertMalformed(GOLDEN.replaceFirst("(?m)^" + name + "=.*\n", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "count=-1", "count=0", "count=many", "count=99999999999999999999", "dimension=0",
        "dimension=-4", "dimension=8193", "dimension=128.0", "elementType=float64", "metric=l1",
        "indexId=not-a-uuid", "omendb-manifest=one"
      })
  void aValueOutOfRangeIsRefused(String line) {
    String name = line.substring(0, line.indexOf('=') + 1);
    assertMalformed(GOLDEN.replaceFirst("(?m)^" + name + ".*\n", line + "\n"));
  }

  @Test
  void anotherVersionIsNamedAsSuch() {
    String later = GOLDEN.replace("omendb-manifest=4", "omendb-manifest=5");
    UnsupportedFormatException e =
        assertThrows(
            UnsupportedFormatException.class,
            () -> Manifest.decode(bytes(withChecksum(later)), PATH));
    assertEquals(5, e.formatVersion());
    String earlier = GOLDEN.replace("omendb-manifest=4", "omendb-manifest=1");
    UnsupportedFormatException old =
        assertThrows(
            UnsupportedFormatException.class,
            () -> Manifest.decode(bytes(withChecksum(earlier)), PATH));
    TestFiles.assertMentions("build the index again", old);
  }

  @Test
  void theVersionBeforeIsReadAndStaysWhatItIs() throws Exception {
    byte[] before = bytes(withChecksum(GOLDEN.replace("omendb-manifest=4", "omendb-manifest=2")));
    Manifest read = Manifest.decode(before, PATH);
    assertEquals(2, read.formatVersion());
    assertArrayEquals(before, read.encode());
  }

  @Test
  void aDirectoryWithoutManifestIsSaidToBeNoIndex() throws Exception {
    for (Path none :
        new Path[] {
          directory, directory.resolve("missing"), Files.createFile(directory.resolve("file"))
        }) {
      NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Manifest.read(none));
      TestFiles.assertMentions(none.toString(), e);
    }
  }

  @Test
  void filesThatAreMissingOrNotKnownAreRefused() throws Exception {
    Set<String> names = golden().files().keySet();
    golden().requireExactly(names, directory);
    TreeSet<String> more = new TreeSet<>(names);
    more.add("attributes.col");
    TestFiles.assertMentions(
        "file.attributes.col",
        assertThrows(CorruptFileException.class, () -> golden().requireExactly(more, directory)));
    String last = new TreeSet<>(names).last();
    TreeSet<String> fewer = new TreeSet<>(names);
    fewer.remove(last);
    TestFiles.assertMentions(
        "file." + last,
        assertThrows(CorruptFileException.class, () -> golden().requireExactly(fewer, directory)));
  }

  @Test
  void noTextMayBreakItsLine() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("name", "value\ncount=7");
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Manifest(
                "hybrid",
                INDEX_ID,
                1,
                1,
                ElementType.INT8,
                Metric.COSINE,
                settings,
                new TreeMap<>()));
  }

  private static Manifest golden() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("maxDegree", "64");
    settings.put("alpha", "1.2");
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    files.put("codes.pq", new Manifest.FileEntry(32_004_096, 15));
    files.put("base.pages", new Manifest.FileEntry(273_551_360, 0x9c41e2d0));
    return new Manifest(
        "hybrid", INDEX_ID, 1_000_000, 128, ElementType.UINT8, Metric.SQUARED_L2, settings, files);
  }

  private static void assertRefused(byte[] damaged) {
    IOException e = assertThrows(IOException.class, () -> Manifest.decode(damaged, PATH));
    assertTrue(e instanceof CorruptFileException || e instanceof UnsupportedFormatException);
    TestFiles.assertMentions(PATH.toString(), e);
  }

  private static void assertMalformed(String body) {
    CorruptFileException e =
        assertThrows(
            CorruptFileException.class, () -> Manifest.decode(bytes(withChecksum(body)), PATH));
    assertEquals(PATH.toString(), e.path());
  }

  private static String withChecksum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(bytes(body));
    return body + "crc32c=" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  private static String text(Manifest manifest) {
    return new String(manifest.encode(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
