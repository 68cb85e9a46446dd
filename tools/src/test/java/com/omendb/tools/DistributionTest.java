package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.tools.command.VersionCommand;
import com.omendb.vectors.kernels.DistanceKernels;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The packed distribution, unpacked in a folder with spaces and run in processes of its own, after
/// `mvn package` has made it (`-Domen.distribution=FILE`). Invariants:
///
/// - it runs through links and from where nothing can be written, without Maven
/// - in a good run nothing is on stderr; exit codes are the program's, or those of signals
/// - it runs the kernels that this JVM runs
/// - the cache of classes is used by the JVM that made it, and never changes what is printed
final class DistributionTest {
  @TempDir private static Path place;

  private static Path home = Path.of("");

  @TempDir private Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void unpack() throws Exception {
    String file = System.getProperty("omen.distribution", "");
    assumeTrue(!file.isEmpty(), "runs after packaging");
    Path into = Files.createDirectories(place.resolve("an [un]packed * one"));
    Process tar =
        new ProcessBuilder("tar", "-xzf", file, "-C", into.toString()).inheritIO().start();
    assertEquals(0, tar.waitFor());
    try (Stream<Path> unpacked = Files.list(into)) {
      home = unpacked.findFirst().orElseThrow();
    }
  }

  /// What Maven would print, if it were called.
  @BeforeEach
  void layMaven() throws IOException {
    Path mvn = Files.createDirectories(folder.resolve("maven")).resolve("mvn");
    Files.writeString(mvn, "#!/bin/sh\necho Maven was called >&2\nexit 1\n");
    assertTrue(mvn.toFile().setExecutable(true));
  }

  private static Path script() {
    return home.resolve("bin/omen");
  }

  /// A process with the variables that the start script looks at and no others.
  private ProcessBuilder process(List<String> words, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    Map<String, String> variables = builder.environment();
    variables.keySet().retainAll(List.of("PATH", "JAVA_HOME", "OMEN_JAVA_HOME", "HOME"));
    variables.merge(
        "PATH", folder.resolve("maven") + File.pathSeparator, (path, mvn) -> mvn + path);
    variables.putAll(environment);
    variables.values().removeIf(String::isEmpty);
    return builder
        .redirectOutput(folder.resolve("out.txt").toFile())
        .redirectError(folder.resolve("err.txt").toFile());
  }

  private Outcome run(Map<String, String> environment, Object... words) throws Exception {
    List<String> texts = Stream.of(words).map(Object::toString).toList();
    int exitCode = process(texts, environment).start().waitFor();
    return new Outcome(
        exitCode,
        Files.readString(folder.resolve("out.txt"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("err.txt"), StandardCharsets.UTF_8));
  }

  private Outcome omen(Object... arguments) throws Exception {
    return run(Map.of(), Stream.concat(Stream.of(script()), Stream.of(arguments)).toArray());
  }

  private String good(Object... arguments) throws Exception {
    Outcome outcome = omen(arguments);
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals("", outcome.err(), outcome::toString);
    return outcome.out();
  }

  private void assertVersion(Outcome outcome) throws IOException {
    assertEquals(new Outcome(0, VersionCommand.line() + "\n", ""), outcome);
  }

  @Test
  void itHoldsWhatItsUsersNeed() throws IOException {
    for (String name :
        List.of("LICENSE", "README.md", "completion/omen.bash", "completion/omen.zsh")) {
      assertTrue(Files.size(home.resolve(name)) > 0, name);
    }
    assertTrue(Files.isExecutable(script()));
  }

  @Test
  void helpAndVersionSayNothingElse() throws Exception {
    Path golden = Path.of("src", "test", "resources", "golden", "omen.txt");
    assertEquals(Files.readString(golden), good("--help"));
    assertVersion(omen("--version"));
    assertVersion(omen("-V"));
  }

  @Test
  void itRunsTheKernelsOfThisJvm() throws Exception {
    assertTrue(
        good("version").contains("distance kernels: " + DistanceKernels.description() + "\n"));
  }

  @Test
  void realWarningsAreNotHidden() throws Exception {
    Outcome outcome = run(Map.of("OMEN_JVM_FLAGS", "-Xint"), script(), "version");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.err().startsWith("omen: WARNING: OMEN-0002 "), outcome::toString);
    assertEquals(1, outcome.err().lines().count(), outcome::toString);
    Outcome refused = run(Map.of("OMEN_JVM_FLAGS", "-XX:+NoSuchFlag"), script(), "version");
    assertEquals(1, refused.exitCode(), refused::toString);
    assertTrue((refused.out() + refused.err()).contains("NoSuchFlag"), refused::toString);
  }

  @Test
  void indexesAreBuiltAndSearchedWithoutAWordOnStandardError() throws Exception {
    good("dataset", "synthetic", "a base.u8bin", "--count", 3000, "--dimension", 16, "-q");
    good("build", "a base.u8bin", "an index", "--memory", "200MB", "--threads", 2, "-q");
    String found =
        good("search", "an index", "--queries", "a base.u8bin", "--rows", "0:5", "--k", 3, "-q");
    assertTrue(found.lines().count() >= 15, found);
    good("verify", "an index", "--full", "-q");
    good("info", "an index");
  }

  @Test
  void exitCodesAreTheProgramsOwn() throws Exception {
    Outcome failed = omen("info", "nothing");
    assertEquals(1, failed.exitCode(), failed::toString);
    assertTrue(failed.err().startsWith("omen: "), failed::toString);
    Outcome wrong = omen("--no-such-option");
    assertEquals(2, wrong.exitCode(), wrong::toString);
    assertEquals("omen: unknown option: --no-such-option\nTry 'omen --help'.\n", wrong.err());
    assertEquals(2, omen("no-such-command").exitCode());
    assertEquals(2, omen().exitCode());
  }

  @Test
  void aSignalEndsABuild() throws Exception {
    good("dataset", "synthetic", "base.u8bin", "--count", 200_000, "--dimension", 64, "-q");
    Path work = Files.createDirectory(folder.resolve("work"));
    List<String> build = new ArrayList<>(List.of(script().toString(), "build", "base.u8bin"));
    build.addAll(List.of("work/index", "--memory", "500MB", "--threads", "1"));
    Process process = process(build, Map.of()).start();
    while (process.isAlive() && isEmpty(work)) {
      Thread.onSpinWait();
    }
    Process kill = new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor(), "the build had ended");
    // An interrupt from the keyboard would be ignored where tests run in the background.
    assertEquals(143, process.waitFor());
    assertEquals(1, omen("info", "work/index").exitCode(), "there is half an index");
  }

  private static boolean isEmpty(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void itRunsThroughLinks() throws Exception {
    Path link = folder.resolve("a link");
    Files.createSymbolicLink(link, script());
    assertVersion(run(Map.of(), link, "--version"));
    Path relative = Files.createDirectory(folder.resolve("my bin")).resolve("omen");
    Files.createSymbolicLink(relative, Path.of("..", "a link"));
    assertVersion(run(Map.of(), relative, "--version"));
    Path moved = folder.resolve("moved");
    Files.createSymbolicLink(moved, home);
    assertVersion(run(Map.of(), moved.resolve("bin/omen"), "--version"));
  }

  @Test
  void aJavaOnThePathIsEnough() throws Exception {
    String bin = Path.of(System.getProperty("java.home"), "bin").toString();
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME", "",
            "OMEN_JAVA_HOME", "",
            "HOME", "",
            "PATH", String.join(File.pathSeparator, bin, "/usr/bin", "/bin"));
    assertVersion(run(environment, script(), "--version"));
  }

  @Test
  void anInstallationThatCannotBeWrittenWorks() throws Exception {
    Path copy = copy();
    assertEquals(0, run(Map.of(), "chmod", "-R", "a-w", copy).exitCode());
    try {
      assertVersion(run(Map.of(), copy.resolve("bin/omen"), "--version"));
    } finally {
      assertEquals(0, run(Map.of(), "chmod", "-R", "u+w", copy).exitCode());
    }
  }

  /// A copy with the times of its files, which the cache looks at.
  private Path copy() throws Exception {
    Path copy = folder.resolve("a copy");
    assertEquals(0, run(Map.of(), "cp", "-Rp", home, copy).exitCode());
    return copy;
  }

  private List<String> loaded(Path omen, String flags) throws Exception {
    Path log = folder.resolve("loaded.txt");
    Outcome outcome =
        run(
            Map.of("OMEN_JVM_FLAGS", "-Xlog:class+load:file=loaded.txt " + flags),
            omen,
            "--version");
    assertVersion(outcome);
    List<String> lines = Files.readAllLines(log);
    Files.delete(log);
    return lines.stream().filter(line -> line.contains("com.omendb.tools.Main source")).toList();
  }

  private void assertCached(boolean cached, Path omen, String flags) throws Exception {
    List<String> lines = loaded(omen, flags);
    assertEquals(1, lines.size(), lines::toString);
    assertEquals(cached, lines.getFirst().contains("shared objects file"), lines::toString);
  }

  @Test
  void classesComeFromTheCacheWhereverItLies() throws Exception {
    assertCached(true, script(), "");
    assertCached(true, copy().resolve("bin/omen"), "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:-UseSerialGC -XX:+UseG1GC", "-Xmx40g", "-XX:AOTMode=off"})
  void otherFlagsAreObeyedWithAndWithoutIt(String flags) throws Exception {
    assertVersion(run(Map.of("OMEN_JVM_FLAGS", flags), script(), "--version"));
  }

  /// A cache that another JVM made differs from ours in its header.
  @ParameterizedTest
  @ValueSource(strings = {"another JVM", "cut off", "empty", "none", "other jars"})
  void aCacheThatDoesNotFitIsLeftOut(String fault) throws Exception {
    Path copy = copy();
    Path cache = copy.resolve("lib/omen.aot");
    byte[] bytes = Files.readAllBytes(cache);
    switch (fault) {
      case "another JVM" -> {
        int at = new String(bytes, 0, 4096, StandardCharsets.ISO_8859_1).indexOf(" VM (");
        assertTrue(at > 0, "no version in the header");
        bytes[at]++;
        Files.write(cache, bytes);
      }
      case "cut off" -> Files.write(cache, Arrays.copyOf(bytes, bytes.length / 2));
      case "empty" -> Files.write(cache, new byte[0]);
      case "none" -> Files.delete(cache);
      default -> {
        Path jar = copy.resolve("lib/picocli.jar");
        Path other = copy.resolve("lib/other.jar");
        Files.copy(jar, other);
        Files.setLastModifiedTime(other, FileTime.fromMillis(0));
        Files.move(other, jar, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    assertCached(false, copy.resolve("bin/omen"), "");
  }

  /// The jars are modules too: a program that embeds them may run on the module path.
  @Test
  void theModulePathWorks() throws Exception {
    Outcome outcome =
        run(
            Map.of(),
            Path.of(System.getProperty("java.home"), "bin", "java"),
            "--module-path",
            home.resolve("lib"),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=com.omendb.pagecache,com.omendb.vectors",
            "-m",
            "com.omendb.tools/com.omendb.tools.Main",
            "version");
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.out().contains(DistanceKernels.description()), outcome::toString);
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector\n", outcome.err());
  }
}
