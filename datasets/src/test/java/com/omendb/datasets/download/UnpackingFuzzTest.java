package com.omendb.datasets.download;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.testing.SoundFiles;
import com.omendb.vectors.testing.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged archives and fetched files. Invariants: they are refused with an [IOException] or
/// unpacked; nothing is written outside the folder.
class UnpackingFuzzTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 5;

  @TempDir Path folder;

  @Test
  void groundTruthsOfRowsAndDistances() throws IOException {
    byte[] first = SoundFiles.sound(VectorFormat.IBIN, ROWS, COLUMNS);
    byte[] distances = SoundFiles.sound(VectorFormat.FBIN, ROWS, COLUMNS);
    Path fetched = folder.resolve("fetched");
    byte[] split = Arrays.copyOf(first, 2 * first.length - 8);
    System.arraycopy(distances, 8, split, first.length, first.length - 8);
    DatasetFile file =
        new DatasetFile(
            "fetched",
            List.of(DownloadSource.unknown("https://nowhere.invalid/truth")),
            new Unpacking.SplitTruth(),
            List.of("rows.ibin", "distances.fbin"));
    Fuzz.of("split-truth", 505)
        .from(split)
        .run(
            50,
            input ->
                Unpacker.unpack(
                    file, SoundFiles.write(fetched, input), folder, Set.copyOf(file.outputs())));
  }

  @Test
  void archives() throws Exception {
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path archive = folder.resolve("archive.tar.gz");
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    entry(tar, "set/", '5', new byte[0]);
    entry(tar, "set/base.fvecs", '0', new byte[700]);
    entry(tar, "link", '2', new byte[0]);
    entry(tar, "query.fvecs", '0', new byte[10]);
    tar.write(new byte[1024]);
    Set<String> wanted = Set.of("set/base.fvecs", "query.fvecs");
    Fuzz.of("tar", 507)
        .from(tar.toByteArray())
        .mending(UnpackingFuzzTest::mendTar)
        .run(
            60,
            input -> {
              try {
                TarReader.extract(
                    SoundFiles.write(archive, SoundFiles.gzip(input)), inside, wanted);
              } finally {
                requireNothingOutside(inside, wanted);
              }
            });
  }

  private void requireNothingOutside(Path inside, Set<String> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertTrue(
            file.endsWith("archive.tar.gz") || wanted.contains(inside.relativize(file).toString()),
            file::toString);
      }
    }
  }

  private static void entry(ByteArrayOutputStream tar, String name, char type, byte[] content)
      throws IOException {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 124, String.format(Locale.ROOT, "%011o", content.length));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    checksum(header, 0);
    tar.write(header);
    tar.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static void checksum(byte[] tar, int at) {
    Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
    int sum = 0;
    for (int i = at; i < at + 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] digits = String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, tar, at + 148, digits.length);
  }

  private static byte[] mendTar(byte[] input) {
    for (int at = 0; at + 512 <= input.length; at += 512) {
      if (new String(input, at + 257, 5, StandardCharsets.US_ASCII).equals("ustar")) {
        checksum(input, at);
      }
    }
    return input;
  }
}
