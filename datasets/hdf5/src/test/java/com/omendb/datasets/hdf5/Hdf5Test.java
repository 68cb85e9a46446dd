package com.omendb.datasets.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.testing.Seeds;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: values come out as they went in, whatever the storage (contiguous, chunked,
/// compressed) and width; damaged files end in a typed error.
class Hdf5Test {
  private static final DatasetCreationOptions CHUNKED =
      DatasetCreationOptions.builder().chunkDimensions(7, 5).shuffle().deflate().build();

  @TempDir Path folder;

  private final SplittableRandom random = Seeds.random("Hdf5Test", 9);

  @Test
  void floatsAreReadFromEveryStorage() throws IOException {
    float[][] values = new float[100][13];
    double[][] wide = new double[100][13];
    for (int row = 0; row < 100; row++) {
      for (int column = 0; column < 13; column++) {
        values[row][column] = (float) random.nextDouble();
        wide[row][column] = values[row][column];
      }
    }
    Path path =
        write(
            file -> {
              file.putDataset("train", values);
              file.putDataset("wide", wide);
              file.putDataset("chunked", values, CHUNKED);
              file.putDataset("wideChunked", wide, CHUNKED);
            });
    for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
      for (String name : new String[] {"train", "wide", "chunked", "wideChunked"}) {
        try (VectorFile file = open(each, name)) {
          assertEquals(ElementType.FLOAT32, file.vectors().elementType());
          assertEquals(100, file.vectors().count());
          assertRows(values, 0, file);
        }
      }
      Path named = each.resolveSibling(each.getFileName() + "#wideChunked");
      try (VectorFile file = VectorFile.open(named, 5, 50)) {
        assertRows(values, 5, file);
      }
      try (VectorFile file = VectorFile.open(each, 31, 44)) {
        assertEquals(VectorFormat.HDF5, file.format());
        assertEquals(44, file.vectors().count());
        assertRows(values, 31, file);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> VectorFile.open(path, 99, 2));
  }

  @Test
  void conversionGoesOnOverManyBlocks() throws IOException {
    // 8 MB as float32, and more than one block of rows.
    double[][] values = new double[2000][1024];
    for (double[] row : values) {
      Arrays.setAll(row, column -> (float) random.nextDouble());
    }
    Path path = write(file -> file.putDataset("train", values));
    try (VectorFile file = VectorFile.open(path)) {
      for (int row = 0; row < 2000; row += 37) {
        for (int column = 0; column < 1024; column += 11) {
          assertEquals(values[row][column], file.vectors().element(row, column));
        }
      }
    }
  }

  @Test
  void bytesKeepTheirSign() throws IOException {
    byte[][] values = {{0, 127, -128, -1}, {1, 2, 3, 4}};
    Path path =
        write(
            file -> {
              file.putDataset("signed", values);
              file.putDataset(
                  "unsigned", values, DatasetCreationOptions.builder().unsigned().build());
              file.putDataset(
                  "unsignedChunked",
                  values,
                  DatasetCreationOptions.builder().unsigned().chunkDimensions(1, 2).build());
            });
    try (VectorFile file = open(path, "signed")) {
      assertEquals(ElementType.INT8, file.vectors().elementType());
      assertEquals(-128, file.vectors().element(0, 2));
    }
    for (String name : new String[] {"unsigned", "unsignedChunked"}) {
      try (VectorFile file = open(path, name)) {
        assertEquals(ElementType.UINT8, file.vectors().elementType());
        assertEquals(128, file.vectors().element(0, 2));
        assertEquals(4, file.vectors().element(1, 3));
      }
    }
  }

  @Test
  void groundTruthComesWithSquaredDistances() throws IOException {
    Path path =
        write(
            file -> {
              file.putAttribute("distance", "euclidean");
              file.putDataset("neighbors", new int[][] {{3, 1}, {2, 0}});
              file.putDataset("distances", new float[][] {{1.5f, 2}, {3, 4}});
            });
    GroundTruth truth = GroundTruth.read(path);
    assertEquals(2, truth.queryCount());
    assertEquals(2, truth.k());
    assertEquals(2, truth.id(1, 0));
    assertEquals(2.25f, truth.distance(0, 0));
    assertEquals(16, truth.distance(1, 1));
    try (IntMatrix neighbors = IntMatrix.open(path)) {
      assertEquals(1, neighbors.get(0, 1));
    }
  }

  @Test
  void squaredDistancesAreNotSquaredAgain() throws IOException {
    Path path =
        write(
            file -> {
              file.putAttribute("distance", "squared_l2");
              file.putDataset("neighbors", new int[][] {{3, 1}});
              file.putDataset("distances", new float[][] {{1.5f, 2}});
            });
    assertEquals(1.5f, GroundTruth.read(path).distance(0, 0));
  }

  @Test
  void wideNeighborsAreNarrowedAndAngularDistancesKept() throws IOException {
    Path path =
        write(
            file -> {
              file.putAttribute("distance", "angular");
              file.putDataset("neighbors", new long[][] {{3, 1}, {2, Integer.MAX_VALUE}});
              file.putDataset("distances", new double[][] {{0.5, 1}, {1, 2}});
            });
    GroundTruth truth = GroundTruth.read(path);
    assertEquals(Integer.MAX_VALUE, truth.id(1, 1));
    assertEquals(0.5f, truth.distance(0, 0));
    Path tooWide = write(file -> file.putDataset("neighbors", new long[][] {{1L << 31}}));
    assertThrows(VectorFileException.class, () -> IntMatrix.open(tooWide).close());
  }

  /// `golden/halves.hdf5` was written by h5py: contiguous, big-endian and in compressed chunks,
  /// with zeros of both signs, subnormal numbers, the greatest number and infinities.
  @Test
  void halfPrecisionBecomesFloat() throws IOException {
    short[][] halves = {
      {0, (short) 0x8000, 1, 0x03ff},
      {0x0400, 0x3c00, (short) 0xbc00, 0x7bff},
      {0x3555, 0x4248, (short) 0xc500, 0x2e66},
      {0x7c00, (short) 0xfc00, 0x1234, (short) 0x9abc},
      {0x5640, (short) 0xd640, 0x3bff, 2}
    };
    float[][] values = new float[halves.length][4];
    for (int row = 0; row < halves.length; row++) {
      for (int column = 0; column < 4; column++) {
        values[row][column] = Float.float16ToFloat(halves[row][column]);
      }
    }
    Path file = Path.of("src", "test", "resources", "golden", "halves.hdf5");
    Path copy = Files.copy(file, folder.resolve("halves.H5"));
    for (Path path : new Path[] {file, copy}) {
      for (String name : new String[] {"train", "chunked", "test"}) {
        Path named = path.resolveSibling(path.getFileName() + "#" + name);
        try (VectorFile vectors = VectorFile.open(named)) {
          assertEquals(ElementType.FLOAT32, vectors.vectors().elementType());
          assertEquals(name.equals("test") ? 2 : 5, vectors.vectors().count());
          assertRows(values, 0, vectors);
        }
      }
      assertEquals(0.125f, GroundTruth.read(path).distance(1, 0));
    }
  }

  @Test
  void otherNumbersOfTwoBytesAreRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("src", "test", "resources", "golden", "halves.hdf5"));
    // The mantissa and exponent of each float16 type become those of bfloat16.
    byte[] float16 = {0, 0, 16, 0, 10, 5, 0, 10};
    for (int at = 0; at + float16.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + float16.length, float16, 0, float16.length)) {
        bytes[at + 4] = 7;
        bytes[at + 5] = 8;
        bytes[at + 7] = 7;
      }
    }
    Path path = Files.write(folder.resolve("bfloat16.h5"), bytes);
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains("of 2 bytes"), e.getMessage());
  }

  @Test
  void queriesAreTheTestSetUnlessAnotherIsNamed() throws IOException {
    Path path =
        write(
            file -> {
              file.putDataset("train", new float[][] {{1, 2}, {3, 4}, {5, 6}});
              file.putDataset("test", new float[][] {{7, 8}});
            });
    try (VectorFile queries = VectorFile.openQueries(path)) {
      assertEquals(1, queries.vectors().count());
      assertEquals(8, queries.vectors().element(0, 1));
    }
    try (VectorFile queries =
        VectorFile.openQueries(path.resolveSibling(path.getFileName() + "#train"))) {
      assertEquals(3, queries.vectors().count());
    }
    Path alone = write(file -> file.putDataset("train", new float[][] {{1, 2}}));
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.openQueries(alone).close());
    assertTrue(TestVectors.message(e).contains("expected=test"), e.getMessage());
  }

  @Test
  void distanceIsWhatTheFileStates() throws IOException {
    float[][] values = {{1, 2}};
    Path angular =
        write(
            file -> {
              file.putAttribute("distance", "angular");
              file.putDataset("train", values);
            });
    assertEquals(Optional.of("angular"), VectorFile.statedDistance(angular));
    Path named = angular.resolveSibling(angular.getFileName() + "#train");
    assertEquals(Optional.of("angular"), VectorFile.statedDistance(named));
    Path list =
        write(
            file -> {
              file.putAttribute("distance", new String[] {"euclidean"});
              file.putDataset("train", values);
            });
    assertEquals(Optional.of("euclidean"), VectorFile.statedDistance(list));
    Path none = write(file -> file.putDataset("train", values));
    assertEquals(Optional.empty(), VectorFile.statedDistance(none));
    assertEquals(Optional.empty(), VectorFile.statedDistance(folder.resolve("x.fbin")));
    assertEquals(Optional.empty(), VectorFile.statedDistance(folder.resolve("x.unknown")));
  }

  @Test
  void innerProductsBecomeDistances() throws IOException {
    for (float sign : new float[] {1, -1}) {
      Path path =
          write(
              file -> {
                file.putAttribute("distance", "ip");
                file.putDataset("neighbors", new int[][] {{3, 1}});
                file.putDataset("distances", new float[][] {{sign * 5, sign * 2}});
              });
      GroundTruth truth = GroundTruth.read(path);
      assertEquals(-5, truth.distance(0, 0));
      assertEquals(-2, truth.distance(0, 1));
    }
  }

  @Test
  void unknownDistancesAreLeftOut() throws IOException {
    Path path =
        write(
            file -> {
              file.putDataset("neighbors", new int[][] {{3, 1}});
              file.putDataset("distances", new float[][] {{1, 2}});
            });
    assertFalse(GroundTruth.read(path).hasDistances());
  }

  @Test
  void whatIsMissingOrOfAnotherKindIsNamed() throws IOException {
    Path path =
        write(
            file -> {
              file.putDataset("train", new int[][] {{1, 2}});
              file.putDataset("flat", new float[] {1, 2});
              file.putDataset("short", new short[][] {{1, 2}});
              file.putDataset("neighbors", new float[][] {{1, 2}});
              file.putGroup("group");
            });
    for (String name : new String[] {"train", "flat", "short", "group", "absent"}) {
      VectorFileException e =
          assertThrows(VectorFileException.class, () -> open(path, name).close(), name);
      assertTrue(TestVectors.message(e).contains(path.toString()), e.getMessage());
    }
    assertThrows(VectorFileException.class, () -> IntMatrix.open(path).close());
  }

  @Test
  void cutAndDamagedFilesEndInATypedError() throws IOException {
    float[][] values = new float[50][8];
    Path path =
        write(
            file -> {
              file.putDataset("train", values);
              file.putDataset("test", values, CHUNKED);
            });
    byte[] bytes = Files.readAllBytes(path);
    Path bad = folder.resolve("bad.hdf5");
    for (int round = 0; round < 200; round++) {
      byte[] damaged =
          round < 60 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
      if (round >= 60) {
        damaged[random.nextInt(Math.min(damaged.length, 1024))] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(bad, damaged);
      for (String name : new String[] {"train", "test"}) {
        try (VectorFile file = open(bad, name)) {
          assertTrue(file.vectors().count() > 0);
        } catch (IOException e) {
          assertTrue(TestVectors.message(e).contains("bad.hdf5"), e.getMessage());
        }
      }
    }
  }

  private static VectorFile open(Path path, String name) throws IOException {
    return VectorFile.open(path.resolveSibling(path.getFileName() + "#" + name));
  }

  private Path write(Consumer<WritableHdfFile> content) {
    Path path = folder.resolve("file.hdf5");
    try (WritableHdfFile file = HdfFile.write(path)) {
      content.accept(file);
    }
    return path;
  }

  private static void assertRows(float[][] values, int fromRow, VectorFile file) {
    for (long row = 0; row < file.vectors().count(); row++) {
      for (int column = 0; column < values[0].length; column++) {
        assertEquals(values[fromRow + (int) row][column], file.vectors().element(row, column), 0);
      }
    }
  }
}
