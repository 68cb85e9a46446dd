package com.omendb.datasets.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.testing.SoundFiles;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.testing.Fuzz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTest {
  private static final Double[][] ROWS = {{1.0, -2.5}, {0.1, 4.0}, {5.0, 6.0}};

  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return SoundFiles.write(folder.resolve("x.parquet"), bytes);
  }

  private Path named(Path path, String column) {
    return path.resolveSibling(path.getFileName() + "#" + column);
  }

  private void assertRefused(Path path, String reason) {
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains(reason), e.getMessage());
    assertTrue(TestVectors.message(e).contains("path=" + folder), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsOfFloatsAndDoublesAreRead(boolean doubles) throws IOException {
    for (String column : new String[] {"vector", "embedding"}) {
      Path path = write(ParquetBytes.of(column, doubles, ROWS));
      for (Path each : new Path[] {path, named(path, column), TestVectors.gzip(path)}) {
        try (VectorFile file = VectorFile.open(each)) {
          assertEquals(ElementType.FLOAT32, file.vectors().elementType());
          assertEquals(3, file.vectors().count());
          for (int i = 0; i < 6; i++) {
            assertEquals((float) (double) ROWS[i / 2][i % 2], file.vectors().element(i / 2, i % 2));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void compressedPagesAreRead(ParquetBytes.Codec codec) throws IOException {
    Path path = write(ParquetBytes.of(codec, "vector", true, ROWS));
    try (VectorFile file = VectorFile.open(path)) {
      assertEquals(3, file.vectors().count());
      assertEquals(0.1f, file.vectors().element(1, 0));
    }
  }

  @Test
  void rangesOfManyBatchesAreRead() throws IOException {
    Double[][] rows = new Double[1000][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = new Double[] {(double) row, row / 4.0};
    }
    Path path = write(ParquetBytes.of("vector", false, rows));
    try (VectorFile file = VectorFile.open(path, 100, 700)) {
      assertEquals(700, file.vectors().count());
      for (int row = 0; row < 700; row++) {
        assertEquals(row + 100, file.vectors().element(row, 0));
        assertEquals((row + 100) / 4f, file.vectors().element(row, 1));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> VectorFile.open(path, 900, 101).close());
  }

  @Test
  void theOnlyColumnOfListsIsReadWhateverItsName() throws IOException {
    Path path = write(ParquetBytes.of("emb", false, ROWS));
    assertRefused(named(path, "other"), "expected=other, actual=emb");
    for (Path meant : new Path[] {path, named(path, "emb")}) {
      try (VectorFile file = VectorFile.open(meant)) {
        assertEquals(3, file.vectors().count());
      }
    }
  }

  @Test
  void whatIsMissingOrDoesNotFitIsNamed() throws IOException {
    Double[] two = {1.0, 2.0};
    assertRefused(write(ParquetBytes.of("vector", false, two, new Double[] {3.0})), "row 1");
    assertRefused(
        write(ParquetBytes.of("vector", false, two, new Double[] {3.0, Double.NaN})),
        "row=1, column=1");
    assertRefused(
        write(ParquetBytes.of("vector", false, two, new Double[] {Double.POSITIVE_INFINITY})),
        "a list is null: row=1");
    assertRefused(write(ParquetBytes.of("vector", false, two, new Double[0])), "row 1");
    assertRefused(write(ParquetBytes.of("vector", false, new Double[0], two)), "row=0");
    assertRefused(
        write(ParquetBytes.of("vector", true, two, new Double[] {1e39, 1.0})), "row=1, column=0");
    Path path = write(ParquetBytes.of("vector", false, ROWS));
    assertThrows(VectorFileException.class, () -> IntMatrix.open(path).close());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    byte[] sound = ParquetBytes.of("vector", false, ROWS);
    assertRefused(write(Arrays.copyOf(sound, sound.length - 1)), "no Parquet file");
    assertRefused(write(new byte[3]), "no Parquet file");
    assertRefused(write(new byte[300]), "no Parquet file");
  }

  @Test
  void damagedFilesAreRefusedOrRead() {
    Double[][] many = new Double[40][];
    for (int row = 0; row < many.length; row++) {
      many[row] = new Double[] {1.0, 2.0, (double) row};
    }
    Fuzz.of("parquet", 531)
        .from(ParquetBytes.of("vector", false, ROWS), ParquetBytes.of("embedding", true, many))
        // The library believes the length of a footer.
        .allocating(1L << 30)
        .run(
            200,
            input -> {
              try (VectorFile file = VectorFile.open(write(input))) {
                TestVectors.requireReadable(file.vectors());
              }
            });
  }
}
