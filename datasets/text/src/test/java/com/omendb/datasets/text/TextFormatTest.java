package com.omendb.datasets.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.files.VectorFileWriter;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: what is written is read back, bit for bit; whatever is no vector is refused with
/// file, line and column.
class TextFormatTest {
  @TempDir Path folder;

  private final SplittableRandom random = Seeds.random("TextFormatTest", 21);

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text.replace("'", "\""));
  }

  private static void assertRows(Path path, float[]... rows) throws IOException {
    try (VectorFile file = VectorFile.open(path)) {
      assertEquals(ElementType.FLOAT32, file.vectors().elementType());
      assertEquals(rows.length, file.vectors().count());
      assertEquals(rows[0].length, file.vectors().dimension());
      for (int row = 0; row < rows.length; row++) {
        for (int column = 0; column < rows[0].length; column++) {
          assertEquals(rows[row][column], file.vectors().element(row, column));
        }
      }
    }
  }

  private static void assertRefused(Path path, int line, int column, String reason) {
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    String message = TestVectors.message(e);
    assertTrue(
        message.contains("path=%s, line=%d, column=%d,".formatted(path, line, column)), message);
    assertTrue(message.contains(reason), message);
  }

  private Path named(Path path, String column) {
    return path.resolveSibling(path.getFileName() + "#" + column);
  }

  @Test
  void vectorsOfJsonObjectsAreRead() throws IOException {
    String text =
        """
        {'id': 7, 'vector': [1, -2.5, 3e2], 'tags': {'vector': ['no']}}

        {'vector': [0.1, 1e-50, 16777217], 'id': null, 'text': '[1,2]'}
        """;
    for (String name : new String[] {"x.jsonl", "x.NDJSON"}) {
      Path path = write(name, text);
      assertRows(path, new float[] {1, -2.5f, 300}, new float[] {0.1f, 0, 16777216});
      assertRows(
          TestVectors.gzip(path), new float[] {1, -2.5f, 300}, new float[] {0.1f, 0, 16777216});
    }
  }

  @Test
  void vectorsOfJsonArraysAreRead() throws IOException {
    assertRows(write("x.jsonl", "[1,2]\n[3,4]\n[5,6]"), row(1, 2), row(3, 4), row(5, 6));
  }

  @Test
  void columnOfJsonIsTheNamedOneElseVectorElseEmbedding() throws IOException {
    String line = "{'a': [9], 'embedding': [5], 'vector': [1, 2]}\n";
    assertRows(write("x.jsonl", line), row(1, 2));
    assertRows(named(write("x.jsonl", line), "embedding"), row(5));
    assertRows(named(write("x.jsonl", line), "a"), row(9));
    Path embedding = write("y.jsonl", "{'embedding': [5]}\n{'embedding': [6], 'vector': [1]}\n");
    assertRows(embedding, row(5), row(6));
  }

  @Test
  void rangesOfLinesAreRead() throws IOException {
    Path path = write("x.jsonl", "[1,2]\n[3,4]\n[5,6]\n");
    try (VectorFile file = VectorFile.open(path, 1, 2)) {
      assertEquals(2, file.vectors().count());
      assertEquals(5, file.vectors().element(1, 0));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> VectorFile.open(path, 2, 2).close());
    assertTrue(TestVectors.message(e).contains("rows=3"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,2] / [3] | 2 | 1 | another length",
        "[1,2] / [3,x] | 2 | 4 | no JSON",
        "[1,2] / [3,\"4\"] | 2 | 4 | expected=numbers",
        "[1,2] / [3,null] | 2 | 4 | expected=numbers",
        "[1,2] / [3,[4]] | 2 | 4 | expected=numbers",
        "[1,2] / [3,1e39] | 2 | 4 | a finite float32",
        "[1,2] / [3,NaN] | 2 | 7 | no JSON",
        "[1,2] / 7 | 2 | 1 | an object or an array",
        "[1,2] / [3,4 | 2 | 5 | actual=Unexpected end-of-input",
        "[1,2] / {} | 2 | 1 | vector or embedding",
        "{\"vector\":[1]} / {\"vec\":[1]} | 2 | 1 | expected=vector",
        "{\"vector\":[1]} / {\"vector\":1} | 2 | 11 | an array of numbers in vector",
        "{\"vector\":[1]} / {\"vector\":[]} | 2 | 12 | at least one element",
        "{\"vector\":[1]} / {\"vector\":[1],\"vector\":[2]} | 2 | 24 | one vector"
      })
  void linesOfJsonThatHoldNoVectorAreRefused(String text, int line, int column, String reason)
      throws IOException {
    assertRefused(write("x.jsonl", text.replace(" / ", "\n")), line, column, reason);
  }

  @Test
  void bareArraysHaveNoColumn() throws IOException {
    Path path = named(write("x.jsonl", "[1,2]\n"), "emb");
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains("expected=an object"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,vector\n1,'[1, 2.5]'\n2,'[3,4]'\n",
        "vector,id\r\n'1,2.5',1\r\n'3;4',2\r\n",
        "id,embedding\n1,1 2.5\n2,' 3  4 '\n",
        "id,embedding,vector\n1,9,'[1,2.5]'\n2,9,'[3,\n4]'",
        "a,b\n1,2.5\n3,4\n",
        "0,1\n1,2.5\n3,4\n",
        "\uFEFFa,b\n1,2.5\n\n3,4\n"
      })
  void vectorsOfCsvAreRead(String text) throws IOException {
    assertRows(write("x.csv", text), row(1, 2.5f), row(3, 4));
  }

  @Test
  void vectorsOfTsvAreReadAndOfNamedColumns() throws IOException {
    Path path = write("x.tsv", "id\temb\n1\t[1,2]\n2\t[3,4]\n");
    assertRows(named(path, "emb"), row(1, 2), row(3, 4));
    assertRows(named(path, "id"), row(1), row(2));
    assertRows(write("y.tsv", "a\tb\n1\t2\n"), row(1, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b / 1,2 / 3 | 3 | 1 | 2 fields",
        "a,b / 1,2 / 3,4,5 | 3 | 1 | 2 fields",
        "a,b / 1,x | 2 | 2 | actual=x",
        "a,b / 1,nan | 2 | 2 | actual=nan",
        "a,b / 1,1e39 | 2 | 2 | actual=1e39",
        "a,b / 1,2f | 2 | 2 | actual=2f",
        "a,b / 1, | 2 | 2 | a number",
        "id,vector / 1,'[1,2]' / 2,'[3]' | 3 | 1 | another length",
        "id,vector / 1,'[1,x]' | 2 | 2 | actual=x",
        "id,vector / 1,[] | 2 | 2 | at least one element",
        ",0,1 / 0,1,2 | 1 | 1 | a name for every column",
        "0.5,0.25 / 1,2 | 1 | 1 | the first line would be lost"
      })
  void linesOfCsvThatHoldNoVectorAreRefused(String text, int line, int column, String reason)
      throws IOException {
    assertRefused(write("x.csv", text.replace(" / ", "\n")), line, column, reason);
  }

  @Test
  void filesWithoutVectorsAreRefused() throws IOException {
    for (String name : new String[] {"x.jsonl", "x.csv", "x.tsv"}) {
      Path path = write(name, "");
      assertThrows(VectorFileException.class, () -> VectorFile.open(path).close(), name);
    }
    Path header = write("y.csv", "a,b\n");
    assertThrows(VectorFileException.class, () -> VectorFile.open(header).close());
    Path absent = named(write("z.csv", "a,b\n1,2\n"), "c");
    assertThrows(VectorFileException.class, () -> VectorFile.open(absent).close());
    Path lines = write("z.jsonl", "[1]\n");
    assertThrows(VectorFileException.class, () -> IntMatrix.open(lines).close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "csv", "tsv"})
  void whatIsWrittenIsReadBackBitForBit(String extension) throws IOException {
    Path path = folder.resolve("x." + extension.toUpperCase(Locale.ROOT));
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = TestVectors.random(random, arena, 500, 33, ElementType.FLOAT32);
      try (VectorFileWriter writer = new VectorFileWriter(path, 33, ElementType.FLOAT32)) {
        writer.append(vectors.rows(0, 100));
        writer.append(vectors.rows(100, 400));
      }
      try (VectorFile file = VectorFile.open(path)) {
        assertTrue(TestVectors.sameRows(vectors, file.vectors()));
      }
    }
  }

  private static float[] row(float... values) {
    return values;
  }
}
