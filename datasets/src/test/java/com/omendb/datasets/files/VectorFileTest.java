package com.omendb.datasets.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: what is written is read back, bit for bit, in every format, compressed or not, whole
/// or in part; a file that contradicts itself in any way is refused with its path and offset.
class VectorFileTest {
  @TempDir Path folder;

  private final SplittableRandom random = Seeds.random("VectorFileTest", 42);

  @ParameterizedTest
  @ValueSource(strings = {"fvecs", "bvecs", "fbin", "u8bin", "i8bin"})
  void roundTripsEveryFormatCompressedOrNotWholeOrInPart(String extension) throws IOException {
    VectorFormat format = VectorFormat.ofPath(Path.of("x." + extension));
    ElementType elementType = format.elementType().orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      for (int[] shape : new int[][] {{1, 1}, {1, 8192}, {7, 3}, {1000, 129}, {3000, 513}}) {
        VectorSource vectors = TestVectors.random(random, arena, shape[0], shape[1], elementType);
        Path path = folder.resolve("base-" + shape[0] + "-" + shape[1] + "." + extension);
        write(path, vectors);
        assertReadsBack(path, format, vectors);
        if (shape[0] <= 1000) {
          assertReadsBack(TestVectors.gzip(path), format, vectors);
        }
      }
    }
    assertEquals(0, TestVectors.leftOvers(folder));
  }

  private void assertReadsBack(Path path, VectorFormat format, VectorSource vectors)
      throws IOException {
    try (VectorFile file = VectorFile.open(path)) {
      assertTrue(TestVectors.sameRows(vectors, file.vectors()), path.toString());
      assertEquals(format, file.format());
      assertEquals(path, file.path());
    }
    long from = random.nextLong(vectors.count());
    long rows = random.nextLong(1, vectors.count() - from + 1);
    try (VectorFile file = VectorFile.open(path, from, rows)) {
      assertTrue(TestVectors.sameRows(vectors.rows(from, rows), file.vectors()), path.toString());
    }
  }

  @Test
  void writerTakesStridedRowsInSeveralAppends() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = TestVectors.random(random, arena, 100, 17, ElementType.FLOAT32);
      VectorSource strided = TestVectors.strided(vectors, arena, 5);
      Path path = folder.resolve("strided.fbin");
      try (VectorFileWriter writer = new VectorFileWriter(path, 17, ElementType.FLOAT32)) {
        for (int row = 0; row < 100; row += 10) {
          writer.append(strided.rows(row, 10));
        }
        assertEquals(100, writer.count());
        assertFalse(Files.exists(path), "appears on close only");
      }
      try (VectorFile file = VectorFile.open(path)) {
        assertTrue(TestVectors.sameRows(vectors, file.vectors()));
      }
    }
  }

  @Test
  void discardedOrFailedWriterLeavesNoFileAndKeepsTheOldOne() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = TestVectors.random(random, arena, 10, 4, ElementType.UINT8);
      Path path = folder.resolve("kept.u8bin");
      write(path, vectors);
      try (VectorFileWriter writer = new VectorFileWriter(path, 4, ElementType.UINT8)) {
        writer.append(vectors.rows(0, 3));
        writer.discard();
      }
      assertThrows(
          IllegalStateException.class,
          () -> new VectorFileWriter(path, 4, ElementType.UINT8).close(),
          "no rows");
      try (VectorFile file = VectorFile.open(path)) {
        assertTrue(TestVectors.sameRows(vectors, file.vectors()));
      }
      assertEquals(0, TestVectors.leftOvers(folder));
    }
  }

  @Test
  void writerRefusesWhatTheFormatCannotHold() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertRefused(() -> new VectorFileWriter(folder.resolve("x.u8bin"), 4, ElementType.FLOAT32));
      assertRefused(() -> new VectorFileWriter(folder.resolve("x.ibin"), 4, ElementType.FLOAT32));
      assertRefused(
          () -> new VectorFileWriter(folder.resolve("x.fbin.gz"), 4, ElementType.FLOAT32));
      assertRefused(() -> new VectorFileWriter(folder.resolve("x.hdf5"), 4, ElementType.FLOAT32));
      assertRefused(() -> new VectorFileWriter(folder.resolve("x.fbin"), 0, ElementType.FLOAT32));
      VectorSource wide = TestVectors.random(random, arena, 2, 5, ElementType.FLOAT32);
      try (VectorFileWriter writer =
          new VectorFileWriter(folder.resolve("x.fbin"), 4, ElementType.FLOAT32)) {
        assertRefused(() -> writer.append(wide));
        writer.discard();
      }
    }
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "more rows than bytes, 4, 3, 11",
    "fewer rows than bytes, 3, 3, 12",
    "one trailing byte, 4, 3, 13",
    "cut in the middle of a row, 4, 3, 7",
    "no rows, 0, 3, 0",
    "negative rows, -1, 3, 12",
    "huge rows, 2147483647, 8192, 12",
    "zero dimension, 4, 0, 12",
    "negative dimension, 4, -3, 12",
    "huge dimension, 4, 2147483647, 12",
    "dimension just too large, 1, 8193, 8193"
  })
  void headerThatLiesIsRefused(String what, int rows, int dimension, int bytes) throws IOException {
    Path path =
        TestVectors.write(
            folder.resolve("lie.u8bin"),
            8 + bytes,
            file -> file.putInt(rows).putInt(dimension).put(new byte[bytes]));
    for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
      VectorFileException e =
          assertThrows(VectorFileException.class, () -> VectorFile.open(each).close(), what);
      assertTrue(TestVectors.message(e).contains("path=" + each), TestVectors.message(e));
      assertTrue(TestVectors.message(e).contains("offset="), TestVectors.message(e));
      assertTrue(TestVectors.message(e).contains("expected="), TestVectors.message(e));
      assertTrue(TestVectors.message(e).contains("actual="), TestVectors.message(e));
    }
  }

  @Test
  void rowsOfDifferentLengthAreRefusedWhereTheyAreAskedFor() throws IOException {
    Path path =
        TestVectors.write(
            folder.resolve("ragged.fvecs"),
            60,
            file -> {
              file.putInt(2).putFloat(1).putFloat(2);
              file.putInt(2).putFloat(3).putFloat(4);
              file.putInt(1).putFloat(5).putFloat(6);
            });
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains("row 2"), TestVectors.message(e));
    assertTrue(
        TestVectors.message(e).endsWith("offset=24, expected=2, actual=1"), TestVectors.message(e));
    try (VectorFile file = VectorFile.open(path, 0, 2)) {
      assertEquals(4, file.vectors().element(1, 1));
    }
    assertThrows(VectorFileException.class, () -> VectorFile.open(path, 1, 2).close());
  }

  @Test
  void vecsFileThatIsCutIsRefused() throws IOException {
    Path path =
        TestVectors.write(
            folder.resolve("cut.bvecs"),
            20,
            file -> file.putInt(3).put(new byte[] {1, 2, 3}).putInt(3).put(new byte[] {1, 2}));
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(
        TestVectors.message(e).endsWith("offset=7, expected=7 bytes, actual=6 bytes"),
        TestVectors.message(e));
    Path tiny = TestVectors.write(folder.resolve("tiny.bvecs"), 3, file -> file.put(new byte[3]));
    assertThrows(VectorFileException.class, () -> VectorFile.open(tiny).close());
    Path endless =
        TestVectors.write(folder.resolve("endless.bvecs"), 8, file -> file.putInt(-1).putInt(0));
    assertThrows(VectorFileException.class, () -> VectorFile.open(endless).close());
  }

  @Test
  void halvesBecomeFloats() throws IOException {
    short[] halves = {0x3c00, (short) 0xc000, 0x0001, 0x7bff, (short) 0x8000, 0x3555};
    Path path =
        TestVectors.write(
            folder.resolve("x.f16bin"),
            100,
            buffer -> {
              buffer.putInt(3).putInt(2);
              for (short half : halves) {
                buffer.putShort(half);
              }
            });
    for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
      try (VectorFile file = VectorFile.open(each);
          VectorFile rows = VectorFile.open(each, 1, 2)) {
        assertEquals(VectorFormat.F16BIN, file.format());
        assertEquals(ElementType.FLOAT32, file.vectors().elementType());
        assertEquals(3, file.vectors().count());
        for (int i = 0; i < halves.length; i++) {
          float expected = Float.float16ToFloat(halves[i]);
          assertEquals(expected, file.vectors().element(i / 2, i % 2));
          if (i >= 2) {
            assertEquals(expected, rows.vectors().element(i / 2 - 1, i % 2));
          }
        }
      }
    }
  }

  @Test
  void formatThatNothingInstalledReadsIsNamed() throws IOException {
    Path path = Files.write(folder.resolve("x.hdf5"), new byte[100]);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains("omendb-datasets-hdf5"), e.getMessage());
    assertTrue(TestVectors.message(e).endsWith("path=" + path), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fvecs",
        "bvecs",
        "fbin",
        "u8bin",
        "i8bin",
        "f16bin",
        "npy",
        "fbin.gz",
        "bvecs.gz"
      })
  void emptyFileIsRefused(String extension) throws IOException {
    Path path = Files.createFile(folder.resolve("empty." + extension));
    assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
  }

  @Test
  void everyCutAndEveryFlippedHeaderBitOfASmallFileIsRefused() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Path whole = folder.resolve("whole.i8bin");
      write(whole, TestVectors.random(random, arena, 5, 3, ElementType.INT8));
      byte[] bytes = Files.readAllBytes(whole);
      Path bad = folder.resolve("bad.i8bin");
      for (int length = 0; length < bytes.length; length++) {
        Files.write(bad, Arrays.copyOf(bytes, length));
        assertThrows(VectorFileException.class, () -> VectorFile.open(bad).close());
      }
      for (int bit = 0; bit < 64; bit++) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        Files.write(bad, flipped);
        assertThrows(VectorFileException.class, () -> VectorFile.open(bad).close());
      }
    }
  }

  @Test
  void brokenCompressionIsRefused() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Path plain = folder.resolve("base.u8bin");
      write(plain, TestVectors.random(random, arena, 500, 16, ElementType.UINT8));
      Path path = TestVectors.gzip(plain);
      byte[] bytes = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));
      assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
      bytes[bytes.length - 6] ^= 1;
      Files.write(path, bytes);
      assertThrows(VectorFileException.class, () -> VectorFile.open(path).close(), "checksum");
      Files.copy(plain, path, StandardCopyOption.REPLACE_EXISTING);
      assertThrows(VectorFileException.class, () -> VectorFile.open(path).close(), "not gzip");
    }
  }

  @Test
  void rangeOfACompressedVecsFileIsReadNoFurtherThanNeeded() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = TestVectors.random(random, arena, 200_000, 16, ElementType.UINT8);
      Path plain = folder.resolve("base.bvecs");
      write(plain, vectors);
      Path path = TestVectors.gzip(plain);
      byte[] bytes = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));
      try (VectorFile file = VectorFile.open(path, 100, 1000)) {
        assertTrue(TestVectors.sameRows(vectors.rows(100, 1000), file.vectors()));
      }
      assertThrows(VectorFileException.class, () -> VectorFile.open(path, 199_000, 1000).close());
    }
  }

  @Test
  void impossibleRangesAndFilesAreTheCallersMistake() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Path path = folder.resolve("base.u8bin");
      write(path, TestVectors.random(random, arena, 10, 4, ElementType.UINT8));
      for (long[] range :
          new long[][] {{-1, 1}, {0, 0}, {0, -1}, {0, 11}, {10, 1}, {5, 6}, {1L << 40, 1L << 40}}) {
        assertRefused(() -> VectorFile.open(path, range[0], range[1]));
      }
      Path integers = folder.resolve("gt.ibin");
      MatrixFiles.writeInts(integers, new int[] {1, 2, 3, 4}, 2);
      assertRefused(() -> VectorFile.open(integers));
      assertRefused(() -> IntMatrix.open(path));
      assertThrows(
          NoSuchFileException.class, () -> VectorFile.open(folder.resolve("no.fbin")).close());
      assertThrows(
          NoSuchFileException.class, () -> VectorFile.open(folder.resolve("no.hdf5")).close());
    }
  }

  @Test
  void closingTwiceIsHarmlessAndReadingAfterwardsFails() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Path path = folder.resolve("base.u8bin");
      write(path, TestVectors.random(random, arena, 10, 4, ElementType.UINT8));
      VectorFile file = VectorFile.open(path);
      file.close();
      file.close();
      assertThrows(IllegalStateException.class, () -> file.vectors().element(0, 0));
    }
  }

  @Test
  void integersRoundTripInBothFormatsCompressedOrNot() throws IOException {
    int[] values = random.ints(60).toArray();
    for (String name : new String[] {"gt.ivecs", "gt.ibin"}) {
      Path path = folder.resolve(name);
      MatrixFiles.writeInts(path, values, 4);
      for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
        try (IntMatrix matrix = IntMatrix.open(each)) {
          assertEquals(15, matrix.rows());
          assertEquals(4, matrix.columns());
          for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], matrix.get(i / 4, i % 4));
          }
          assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(15, 0));
          assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(0, 4));
          assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(-1, 0));
        }
      }
    }
  }

  @Test
  void floatMatrixIsAFileOfVectors() throws IOException {
    for (String name : new String[] {"d.fbin", "d.fvecs"}) {
      Path path = folder.resolve(name);
      MatrixFiles.writeFloats(path, new float[] {1, 2, 3, 4, 5, 6}, 3);
      try (VectorFile file = VectorFile.open(path)) {
        assertEquals(2, file.vectors().count());
        assertEquals(6, file.vectors().element(1, 2));
      }
    }
    assertRefused(() -> MatrixFiles.writeFloats(folder.resolve("d.ibin"), new float[3], 3));
    assertRefused(() -> MatrixFiles.writeInts(folder.resolve("d.fbin"), new int[3], 3));
    assertRefused(() -> MatrixFiles.writeInts(folder.resolve("d.ibin"), new int[4], 3));
    assertRefused(() -> MatrixFiles.writeInts(folder.resolve("d.ibin"), new int[0], 3));
  }

  private static void write(Path path, VectorSource vectors) throws IOException {
    try (VectorFileWriter writer =
        new VectorFileWriter(path, vectors.dimension(), vectors.elementType())) {
      writer.append(vectors);
    }
  }

  private static void assertRefused(Executable call) {
    String message = TestVectors.message(assertThrows(IllegalArgumentException.class, call));
    assertTrue(message.matches("(?s).*\\w+=\\S.*"), message);
  }
}
