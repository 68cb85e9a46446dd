package com.omendb.datasets.hdf5;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.testing.SoundFiles;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.vectors.testing.Fuzz;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged HDF5 files. Invariants: they are refused with an [IOException], or every element that
/// they then promise can be read; memory follows the length of the file, not what the file says.
class Hdf5FuzzTest {
  @TempDir Path folder;

  @Test
  void hdf5Files() throws Exception {
    Path path = folder.resolve("vectors.hdf5");
    byte[] halves =
        Files.readAllBytes(Path.of("src", "test", "resources", "golden", "halves.hdf5"));
    byte[][] sound = {hdf5(false), hdf5(true), halves};
    Fuzz.of("hdf5", 506)
        .from(sound)
        .allocating(1L << 30)
        .run(
            60,
            input -> {
              SoundFiles.write(path, input);
              assertTrue(VectorFile.statedDistance(path).isEmpty() || input.length > 0);
              try (VectorFile file = VectorFile.open(path)) {
                TestVectors.requireReadable(file.vectors());
              }
              assertTrue(GroundTruth.read(path).count(0) >= 0);
            });
  }

  private byte[] hdf5(boolean chunked) throws IOException {
    Path path = folder.resolve(chunked + ".hdf5");
    float[][] train = new float[40][6];
    int[][] neighbors = new int[9][5];
    float[][] distances = new float[9][5];
    try (WritableHdfFile file = HdfFile.write(path)) {
      if (chunked) {
        DatasetCreationOptions options =
            DatasetCreationOptions.builder().chunkDimensions(7, 5).shuffle().deflate().build();
        file.putDataset("train", train, options);
        file.putDataset("neighbors", neighbors, options);
      } else {
        file.putDataset("train", train);
        file.putDataset("neighbors", neighbors);
        file.putDataset("distances", distances);
        file.putAttribute("distance", "euclidean");
      }
    }
    return Files.readAllBytes(path);
  }
}
