package com.omendb.store.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.checkpoint.BuildState.Finished;
import com.omendb.store.directory.Manifest.FileEntry;
import com.omendb.vectors.testing.TestFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a state reads back as it was written and its text is the documented one; whatever
/// happened to its bytes, reading it fails with an exception that names the file.
class BuildStateTest {
  private static final Path PATH = Path.of("some", "index", "build.state");

  private static final String GOLDEN =
      """
      omendb-build=1
      indexId=01234567-89ab-cdef-fedc-ba9876543210
      job.kind=hybrid
      job.maxDegree=64
      phase.input=
      phase.graph=
      file.graph.build.graph=251003904 9c41e2d0
      file.graph.more=0 0000000f
      value.graph.medoid=4711
      """;

  @Test
  void itsTextIsTheDocumentedOne() throws Exception {
    assertEquals(withChecksum(GOLDEN), new String(golden().encode(), StandardCharsets.UTF_8));
    assertEquals(golden(), BuildState.decode(bytes(withChecksum(GOLDEN)), PATH));
  }

  @Test
  void everyFlippedByteAndEveryOtherLengthIsRefused() {
    byte[] whole = golden().encode();
    for (int offset = 0; offset < whole.length; offset++) {
      for (int bits = 1; bits < 256; bits <<= 1) {
        byte[] damaged = whole.clone();
        damaged[offset] ^= (byte) bits;
        assertRefused(damaged);
      }
      assertRefused(Arrays.copyOf(whole, offset));
    }
    assertRefused(Arrays.copyOf(whole, whole.length + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file.graph.more=0 0000000f", // a second line of the name
        "file.none.x=0 00000000",
        "file.graph.x=1",
        "file.graph.x=-1 00000000",
        "file.graph.../x=1 00000000",
        "value.none.x=1",
        "phase.No=",
      })
  void aLineThatMeansNothingIsRefused(String line) {
    assertRefused(bytes(withChecksum(GOLDEN + line + "\n")));
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] text = bytes(GOLDEN + "job.name=~\n");
    text[text.length - 2] = (byte) 0xff;
    byte[] last = bytes(checksumLine(text));
    byte[] whole = Arrays.copyOf(text, text.length + last.length);
    System.arraycopy(last, 0, whole, text.length, last.length);
    assertRefused(whole);
  }

  private static BuildState golden() {
    TreeMap<String, String> traits = new TreeMap<>(Map.of("kind", "hybrid", "maxDegree", "64"));
    TreeMap<String, FileEntry> files = new TreeMap<>();
    files.put("more", new FileEntry(0, 15));
    files.put("build.graph", new FileEntry(251_003_904, 0x9c41e2d0));
    Map<String, Finished> phases = new LinkedHashMap<>();
    phases.put("input", new Finished(new TreeMap<>(), new TreeMap<>()));
    phases.put("graph", new Finished(files, new TreeMap<>(Map.of("medoid", "4711"))));
    return new BuildState(
        UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210"), new BuildJob(traits), phases);
  }

  private static void assertRefused(byte[] bytes) {
    TestFiles.assertMentions(
        PATH.toString(),
        assertThrows(CorruptFileException.class, () -> BuildState.decode(bytes, PATH)));
  }

  private static String withChecksum(String body) {
    return body + checksumLine(bytes(body));
  }

  private static String checksumLine(byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(body);
    return "crc32c=" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
