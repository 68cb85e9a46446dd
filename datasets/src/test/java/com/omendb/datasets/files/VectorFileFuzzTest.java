package com.omendb.datasets.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.testing.SoundFiles;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Fuzz;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged vector files, ground truths and archives. Invariants: a reader refuses with an
/// [IOException], or every element that it then promises can be read; archives write nothing
/// outside their folder; memory follows the length of the file, not what the file says.
class VectorFileFuzzTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 5;

  @TempDir Path folder;

  @Test
  void everyFormatInMemory() {
    Path path = Path.of("file");
    for (VectorFormat format : VectorFormat.values()) {
      if (format.hasTables()) {
        continue;
      }
      Fuzz.of(format.extension(), 501)
          .from(
              SoundFiles.sound(format, ROWS, COLUMNS),
              SoundFiles.sound(format, 1, 1),
              SoundFiles.sound(format, 2, 300))
          .mending(input -> SoundFiles.mend(format, input))
          .run(
              2_000,
              input -> {
                MemorySegment bytes = MemorySegment.ofArray(input);
                MatrixShape shape =
                    MatrixShape.read(
                        bytes, format, path, VectorSource.MAX_DIMENSION, 0, MappedMatrix.ALL_ROWS);
                requireInside(shape, SoundFiles.elementBytes(format), bytes.byteSize());
              });
    }
  }

  private static void requireInside(MatrixShape shape, int elementBytes, long bytes) {
    assertTrue(shape.rows() >= 1 && shape.columns() >= 1 && shape.firstOffset() >= 0);
    assertTrue(shape.strideBytes() >= (long) shape.columns() * elementBytes);
    long end =
        shape.firstOffset()
            + Math.multiplyExact(shape.rows() - 1, shape.strideBytes())
            + (long) shape.columns() * elementBytes;
    assertTrue(end <= bytes);
  }

  @Test
  void everyFormatInFiles() {
    for (VectorFormat format : VectorFormat.values()) {
      if (format.hasTables()) {
        continue;
      }
      for (String suffix : new String[] {"", ".gz"}) {
        Path path = folder.resolve("vectors." + format.extension() + suffix);
        Fuzz.of(format.extension() + suffix.replace('.', '-') + "-file", 502)
            .from(SoundFiles.sound(format, ROWS, COLUMNS), SoundFiles.sound(format, 2, 300))
            .mending(input -> SoundFiles.mend(format, input))
            .run(
                60,
                input ->
                    readFile(
                        SoundFiles.write(path, suffix.isEmpty() ? input : SoundFiles.gzip(input)),
                        format));
      }
    }
  }

  @Test
  void damagedCompression() throws Exception {
    for (VectorFormat format : new VectorFormat[] {VectorFormat.FVECS, VectorFormat.U8BIN}) {
      Path path = folder.resolve("vectors." + format.extension() + ".gz");
      Fuzz.of(format.extension() + "-deflate", 503)
          .from(
              SoundFiles.gzip(SoundFiles.sound(format, ROWS, COLUMNS)),
              SoundFiles.gzip(SoundFiles.sound(format, 3, 1000)))
          .run(60, input -> readFile(SoundFiles.write(path, input), format));
    }
  }

  private static void readFile(Path path, VectorFormat format) throws IOException {
    if (format.isInteger()) {
      try (IntMatrix matrix = IntMatrix.open(path)) {
        int sum = matrix.get(0, 0) + matrix.get(matrix.rows() - 1, matrix.columns() - 1);
        assertEquals(sum, matrix.get(matrix.rows() - 1, matrix.columns() - 1) + matrix.get(0, 0));
      }
      return;
    }
    try (VectorFile file = VectorFile.open(path)) {
      TestVectors.requireReadable(file.vectors());
    }
    try (VectorFile file = VectorFile.open(path, 0, 1)) {
      TestVectors.requireReadable(file.vectors());
    }
  }
}
