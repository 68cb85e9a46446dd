package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files of an open index that are cut off while it is searched, in a process of its own.
/// Invariant: whichever file and however it is read, the process lives, and every search gives its
/// true result, or fails with a typed exception, or says that it went without pages.
@Timeout(300)
class CutOffTest {
  @TempDir static Path built;
  @TempDir Path temporary;

  @BeforeAll
  static void build() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base =
          TestIndexes.clustered(
              CutOffWhileSearching.COUNT,
              CutOffWhileSearching.DIMENSION,
              ElementType.UINT8,
              CutOffWhileSearching.SEED,
              arena);
      TestIndexes.build(
          base, built.resolve("index"), TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2));
    }
  }

  // All files, or those that are not in memory as a whole; in the middle, or to nothing.
  @ParameterizedTest
  @CsvSource({
    "'', ALL, '', 0",
    "'', GRAPH, '', 8192",
    "'', GROUPS, PREAD, 100",
    "'', PAGES, MAPPED, 4096",
    "base.pages, GROUPS, '', 100000",
    "base.pages, GRAPH, MAPPED, 100000"
  })
  void theProcessLivesAndNoResultIsWrong(
      String files, String residency, String engine, long bytesLeft) throws Exception {
    Path index = copy(built.resolve("index"), temporary.resolve("index"));
    Path output = temporary.resolve("output");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + temporary.resolve("crash"),
                "-cp",
                System.getProperty("java.class.path"),
                CutOffWhileSearching.class.getName(),
                index.toString(),
                files,
                residency,
                engine,
                String.valueOf(bytesLeft)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exitCode = process.waitFor();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, exitCode, said);
    assertTrue(said.contains("same="), said);
    assertEquals(residency.equals("ALL"), said.contains("failed=0, degraded=0"), said);
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }
}
