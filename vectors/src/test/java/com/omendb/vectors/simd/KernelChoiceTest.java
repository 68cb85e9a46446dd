package com.omendb.vectors.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants, each in a JVM of its own because the choice is made once:
///
/// - without the Vector API's module everything works, and one warning says why it is slower and
///   what helps;
/// - `omen.kernels` forces a choice, and a choice that cannot be had is refused;
/// - kernels are right at every width of SIMD vectors that this CPU has.
class KernelChoiceTest {
  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  private record Run(int exitCode, String output) {
    long lines(String part) {
      return output.lines().filter(line -> line.contains(part)).count();
    }
  }

  private static Run run(String... flags)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(
        location(DistanceKernels.class)
            + System.getProperty("path.separator")
            + location(KernelProbe.class));
    command.add(KernelProbe.class.getName());
    command.add(Long.toString(Seeds.seed("KernelProbe", 104)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (var reader = process.getInputStream()) {
      output = new String(reader.readAllBytes(), StandardCharsets.UTF_8);
    }
    return new Run(process.waitFor(), output);
  }

  private static Path location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void fallsBackWithOneWarningWithoutTheModule() throws Exception {
    Run run = run();
    assertEquals(0, run.exitCode, run.output);
    assertEquals(1, run.lines("WARNING"), run.output);
    // Once in the log line, once as the description that the probe prints.
    assertEquals(
        2,
        run.lines(
            "scalar: module jdk.incubator.vector is not present;"
                + " add --add-modules jdk.incubator.vector"),
        run.output);
  }

  @Test
  void fallsBackWhereNothingIsCompiled() throws Exception {
    Run run = run(MODULE, "-Xint");
    assertEquals(0, run.exitCode, run.output);
    assertTrue(run.output.contains("without its optimizing compiler"), run.output);
  }

  @Test
  void scalarCanBeForced() throws Exception {
    Run run = run(MODULE, "-Domen.kernels=scalar");
    assertEquals(0, run.exitCode, run.output);
    assertEquals(1, run.lines("scalar: forced by -Domen.kernels=scalar"), run.output);
  }

  @Test
  void vectorCanBeForcedAndIsRefusedWhereItCannotBeHad() throws Exception {
    Run run = run("-Domen.kernels=vector");
    assertNotEquals(0, run.exitCode, run.output);
    assertTrue(run.output.contains("IllegalStateException"), run.output);
    assertTrue(run.output.contains("add --add-modules jdk.incubator.vector"), run.output);
  }

  @Test
  void anUnknownChoiceIsRefused() throws Exception {
    Run run = run(MODULE, "-Domen.kernels=quick");
    assertNotEquals(0, run.exitCode, run.output);
    assertTrue(run.output.contains("known: scalar, vector: omen.kernels=quick"), run.output);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void kernelsAreRightAtEveryWidth(int bits) throws Exception {
    Run run = run(MODULE, "-XX:MaxVectorSize=" + bits / 8);
    assertEquals(0, run.exitCode, run.output);
    if (DistanceKernels.vectorized()) {
      int widest = Math.min(bits, SimdKernels.vectorBits());
      assertEquals(1, run.lines("Vector API, " + widest + " bits"), run.output);
    }
  }
}
