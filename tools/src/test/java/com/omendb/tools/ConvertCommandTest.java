package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.VectorFile;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: elements come out as they went in, or as the type that was asked for; a value that
/// does not fit, and an output that is there, are refused, and nothing half-written is left.
final class ConvertCommandTest {
  @TempDir private static Path folder;

  private static Fixture fixture;

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  private static Run ok(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }

  private static void failed(int exitCode, String reason, Object... arguments) throws IOException {
    List<Path> before = names();
    Run run = Run.omen(arguments);
    assertEquals(exitCode, run.exitCode(), run::toString);
    assertTrue(run.err().startsWith("omen: "), run::toString);
    assertTrue(run.err().contains(reason), run::toString);
    assertEquals(before, names(), "nothing is left behind");
  }

  private static List<Path> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void assertSameElements(Path expected, Path actual) throws IOException {
    try (VectorFile one = VectorFile.open(expected);
        VectorFile other = VectorFile.open(actual)) {
      VectorSource a = one.vectors();
      VectorSource b = other.vectors();
      assertEquals(a.count(), b.count());
      assertEquals(a.dimension(), b.dimension());
      for (long row = 0; row < a.count(); row++) {
        for (int column = 0; column < a.dimension(); column++) {
          assertEquals(a.element(row, column), b.element(row, column));
        }
      }
    }
  }

  @Test
  void elementsPassThroughEveryFormatThatIsWritten() throws IOException {
    Path before = fixture.base();
    for (String name :
        List.of("a.bvecs", "a.npy", "a.u8bin", "a.jsonl", "a.fvecs", "a.csv", "a.fbin", "a.tsv")) {
      Path after = file(name);
      ok("convert", before, after, "-q");
      assertSameElements(fixture.base(), after);
      before = after;
    }
    for (String[] each :
        new String[][] {
          {"b.f16bin", "float16"}, {"b.npy", "float16"}, {"b.u8bin", "uint8"}, {"c.npy", "uint8"}
        }) {
      ok("convert", before, file(each[0]), "--element-type", each[1]);
      assertSameElements(fixture.base(), file(each[0]));
    }
    assertArrayEquals(Files.readAllBytes(fixture.base()), Files.readAllBytes(file("b.u8bin")));
  }

  @Test
  void whatWasWrittenIsSaid() {
    Run text = ok("convert", fixture.base(), file("said.npy"), "--rows", "10:20", "-q");
    assertEquals("wrote " + file("said.npy") + ": 20 vectors of dimension 16, uint8\n", text.out());
    Run json = ok("convert", fixture.base(), file("said.csv"), "--json");
    Map<String, String> fields = JsonReader.object(json.out().stripTrailing());
    assertEquals(Fixture.COUNT, JsonReader.number(fields, "count"));
    assertEquals("", json.err());
  }

  @Test
  void rowNumbersAreConverted() throws IOException {
    Path vecs = file("truth.ivecs");
    ok("convert", fixture.truth(), vecs);
    ok("convert", vecs, file("again.ibin"));
    assertArrayEquals(Files.readAllBytes(fixture.truth()), Files.readAllBytes(file("again.ibin")));
    try (IntMatrix matrix = IntMatrix.open(vecs)) {
      assertEquals(Fixture.QUERY_COUNT, matrix.rows());
    }
    failed(2, "--rows", "convert", vecs, file("no.ibin"), "--rows", "0:1");
    failed(1, "holds integers", "convert", vecs, file("no.fbin"));
    failed(1, "holds no integers", "convert", fixture.base(), file("no.ibin"));
  }

  @Test
  void valuesThatDoNotFitAreRefused() throws IOException {
    Path lines = Files.writeString(file("values.jsonl"), "[1,2]\n[3,70000]\n[-1,0.5]\n");
    failed(
        1,
        "row=1, column=1, element=70000.0",
        "convert",
        lines,
        file("no.f16bin"),
        "--element-type",
        "float16");
    failed(1, "row=1, column=1", "convert", lines, file("no.npy"), "--element-type", "uint8");
    failed(
        1,
        "row=0, column=1, element=0.5",
        "convert",
        lines,
        file("no.npy"),
        "--element-type",
        "int8",
        "--rows",
        "2:1");
    failed(1, "--element-type converts them to uint8", "convert", lines, file("no.u8bin"));
    failed(1, "but uint8", "convert", lines, file("no.u8bin"), "--element-type", "float32");
    failed(2, "bfloat16", "convert", lines, file("no.npy"), "--element-type", "bfloat16");
  }

  @Test
  void filesThatAreThereAreReplacedOnlyWhenAsked() throws IOException {
    Path out = Files.writeString(file("there.fbin"), "precious");
    Path lines = Files.writeString(file("lines.jsonl"), "{\"v\":[1,2]}\n");
    Path named = file("lines.jsonl#v");
    failed(1, "--overwrite replaces it", "convert", named, out);
    assertEquals("precious", Files.readString(out));
    failed(1, "read or written at the same time", "convert", named, lines, "--overwrite");
    ok("convert", named, out, "--overwrite");
    assertSameElements(named, out);
  }

  @Test
  void formatsThatAreNotWrittenAreRefused() throws IOException {
    for (String name : List.of("x.hdf5", "x.parquet", "x.fbin.gz", "x.csv#a")) {
      failed(1, "are written", "convert", fixture.base(), file(name));
    }
    failed(1, "unknown vector file extension", "convert", fixture.base(), file("x.txt"));
    failed(1, "no such file", "convert", file("none.npy"), file("x.fbin"));
  }

  @Test
  void textAndArraysAreSearchedLikeAnyOtherFile() throws IOException {
    Path queries = file("q.csv");
    ok("convert", fixture.queries(), queries);
    failed(1, "float32", "search", fixture.index(), "--queries", queries);
    Path array = file("q.npy");
    ok("convert", queries, array, "--element-type", "uint8");
    Run expected = ok("search", fixture.index(), "--queries", fixture.queries(), "--row", 3);
    assertEquals(
        expected.out(), ok("search", fixture.index(), "--queries", array, "--row", 3).out());
    assertFalse(expected.out().isEmpty());
  }
}
