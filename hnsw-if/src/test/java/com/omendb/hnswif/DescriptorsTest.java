package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.vectors.Metric;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that runs out of file descriptors. Invariants: opening is refused with an exception
/// that is an [java.io.IOException], what is open goes on answering, and what was refused or closed
/// has kept no descriptor: the process has as many after every round.
@Timeout(300)
class DescriptorsTest {
  private static final Path SHELL = Path.of("/bin/sh");

  @TempDir Path temporary;

  @Test
  void openingIsRefusedAndNothingIsKept() throws Exception {
    assumeTrue(Files.isExecutable(SHELL) && Files.isDirectory(Path.of("/proc/self/fd")));
    Path index = temporary.resolve("index");
    try (Arena arena = Arena.ofShared()) {
      TestIndexes.build(
          OpeningUntilRefused.vectors(arena),
          index,
          TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2));
    }
    Path output = temporary.resolve("output");
    List<String> command =
        new ArrayList<>(List.of(SHELL.toString(), "-c", "ulimit -n 100; exec \"$@\"", "sh"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            OpeningUntilRefused.class.getName(),
            index.toString()));
    int exitCode =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, exitCode, said);
    int[] kept =
        said.lines()
            .filter(line -> line.startsWith("kept="))
            .mapToInt(DescriptorsTest::kept)
            .toArray();
    assertEquals(3, kept.length, said);
    assertEquals(kept[0], kept[1], said);
    assertEquals(kept[0], kept[2], said);
  }

  private static int kept(String line) {
    return Integer.parseInt(line.substring(line.indexOf('=') + 1, line.indexOf(',')));
  }
}
