package com.omendb.datasets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.testing.Seeds;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
        try (VectorFile file = VectorFile.openHdf5(each, name)) {
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
    try (VectorFile file = VectorFile.openHdf5(path, "signed")) {
      assertEquals(ElementType.INT8, file.vectors().elementType());
      assertEquals(-128, file.vectors().element(0, 2));
    }
    for (String name : new String[] {"unsigned", "unsignedChunked"}) {
      try (VectorFile file = VectorFile.openHdf5(path, name)) {
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
          assertThrows(
              VectorFileException.class, () -> VectorFile.openHdf5(path, name).close(), name);
      assertTrue(TestVectors.message(e).contains(path.toString()), e.getMessage());
    }
    assertThrows(VectorFileException.class, () -> IntMatrix.open(path).close());
    assertThrows(
        IllegalArgumentException.class,
        () -> VectorFile.openHdf5(folder.resolve("x.fbin"), "train"));
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
        try (VectorFile file = VectorFile.openHdf5(bad, name)) {
          assertTrue(file.vectors().count() > 0);
        } catch (IOException e) {
          assertTrue(TestVectors.message(e).contains("bad.hdf5"), e.getMessage());
        }
      }
    }
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
