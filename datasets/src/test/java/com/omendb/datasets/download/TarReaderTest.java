package com.omendb.datasets.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: wanted files come out byte for byte; nothing is ever written outside the folder, and
/// nothing but what is wanted inside it; a damaged archive leaves no file half extracted.
class TarReaderTest {
  @TempDir Path parent;

  private final byte[] content = new byte[5000];
  private final ByteArrayOutputStream tar = new ByteArrayOutputStream();
  private Path folder = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    Seeds.random("TarReaderTest", 2).nextBytes(content);
    folder = Files.createDirectory(parent.resolve("folder"));
  }

  @Test
  void extractsOnlyWhatIsWanted() throws IOException {
    entry("set/", '5', new byte[0], "");
    entry("set/other.fvecs", '0', content, "");
    entry("set/base.fvecs", '0', content, "");
    entry("long.fvecs", '0', new byte[512], "a/very/deep");
    entry("set/link", '2', new byte[0], "");
    entry("old.fvecs", '\0', new byte[] {7}, "");
    Path archive = finish();
    TarReader.extract(
        archive, folder, Set.of("set/base.fvecs", "a/very/deep/long.fvecs", "old.fvecs"));
    assertArrayEquals(content, Files.readAllBytes(folder.resolve("set/base.fvecs")));
    assertEquals(512, Files.size(folder.resolve("a/very/deep/long.fvecs")));
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("old.fvecs")));
    try (var all = Files.walk(folder)) {
      assertEquals(3, all.filter(Files::isRegularFile).count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "set/../../evil", "/evil", "", "set/../../folder-2/evil"})
  void entryThatLeadsOutsideIsRefused(String name) throws IOException {
    entry(name, '0', content, "");
    entry("base.fvecs", '0', content, "");
    Path archive = finish();
    VectorFileException e =
        assertThrows(
            VectorFileException.class,
            () -> TarReader.extract(archive, folder, Set.of("base.fvecs", "evil")));
    assertTrue(TestVectors.message(e).contains("outside"), e.getMessage());
    assertNothingExtracted();
  }

  @Test
  void linkIsNeverFollowedOrMade() throws IOException {
    entry("base.fvecs", '2', new byte[0], "");
    Path archive = finish();
    assertThrows(
        VectorFileException.class, () -> TarReader.extract(archive, folder, Set.of("base.fvecs")));
    assertNothingExtracted();
  }

  @Test
  void missingFileIsNamed() throws IOException {
    entry("base.fvecs", '0', content, "");
    Path archive = finish();
    VectorFileException e =
        assertThrows(
            VectorFileException.class,
            () -> TarReader.extract(archive, folder, Set.of("query.fvecs")));
    assertTrue(TestVectors.message(e).contains("query.fvecs"), e.getMessage());
  }

  @Test
  void everyCutIsRefused() throws IOException {
    entry("base.fvecs", '0', content, "");
    byte[] whole = tar.toByteArray();
    for (int length = 0; length < whole.length; length += 97) {
      if (length >= 512 + content.length) {
        continue; // The wanted file is whole; what follows is only padding.
      }
      Path archive = compress(Arrays.copyOf(whole, length));
      assertThrows(
          VectorFileException.class,
          () -> TarReader.extract(archive, folder, Set.of("base.fvecs")),
          "length=" + length);
      assertNothingExtracted();
    }
    byte[] compressed = Files.readAllBytes(compress(whole));
    Path archive = parent.resolve("cut.tar.gz");
    Files.write(archive, Arrays.copyOf(compressed, compressed.length / 2));
    assertThrows(
        VectorFileException.class, () -> TarReader.extract(archive, folder, Set.of("base.fvecs")));
  }

  @Test
  void flippedHeaderBitIsNoticed() throws IOException {
    entry("base.fvecs", '0', content, "");
    for (int bit = 0; bit < 512 * 8; bit += 13) {
      byte[] bytes = tar.toByteArray();
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      Path archive = compress(bytes);
      assertThrows(
          VectorFileException.class,
          () -> TarReader.extract(archive, folder, Set.of("base.fvecs")),
          "bit=" + bit);
    }
  }

  private void assertNothingExtracted() throws IOException {
    try (var all = Files.walk(parent)) {
      assertEquals(
          0, all.filter(Files::isRegularFile).filter(f -> !f.toString().endsWith(".gz")).count());
    }
  }

  private void entry(String name, char type, byte[] bytes, String prefix) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 124, String.format(Locale.ROOT, "%011o\0", bytes.length));
    put(header, 136, "00000000000\0");
    header[156] = (byte) type;
    put(header, 157, "/etc");
    put(header, 257, "ustar\00000");
    put(header, 345, prefix);
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    tar.writeBytes(header);
    tar.writeBytes(bytes);
    tar.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private Path finish() throws IOException {
    tar.writeBytes(new byte[1024]);
    return compress(tar.toByteArray());
  }

  private Path compress(byte[] bytes) throws IOException {
    Path archive = parent.resolve("archive.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(bytes);
    }
    return archive;
  }
}
