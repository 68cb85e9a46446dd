package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The start script, with a JDK that only says how it was called. Invariants: whatever lies in the
/// environment and wherever the script, its checkout or distribution and the JDK lie, the program
/// gets its arguments as they were typed, its own JVM flags and no others, and a UTF-8 locale.
class StartScriptTest {
  private static final Path SCRIPT = Path.of("..", "omen");

  @TempDir Path folder;

  private Path checkout = Path.of("");
  private Path jdk = Path.of("");

  private record Outcome(int exitCode, String out, String err) {
    boolean has(String line) {
      return out.lines().anyMatch(line::equals);
    }
  }

  @BeforeEach
  void lay() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/bin/bash")) || Files.isExecutable(Path.of("/usr/bin/bash")));
    checkout = folder.resolve("a check out [x] *");
    Path lib = Files.createDirectories(checkout.resolve("tools/target/omen/lib"));
    Files.writeString(lib.resolve("omendb-tools.jar"), "");
    Files.copy(SCRIPT, checkout.resolve("omen"));
    jdk = folder.resolve("a jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Path java = jdk.resolve("bin/java");
    Files.writeString(
        java,
        """
        #!/usr/bin/env bash
        for argument in "$@"; do printf 'argument=%s\\n' "$argument"; done
        printf 'charmap=%s\\n' "$(locale charmap 2>/dev/null)"
        for name in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH; do
          [ -z "${!name+set}" ] || printf 'left=%s\\n' "$name"
        done
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Outcome omen(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> words = new ArrayList<>(List.of(script.toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    Map<String, String> variables = builder.environment();
    String path = variables.getOrDefault("PATH", "/usr/bin:/bin");
    variables.clear();
    variables.put("PATH", path);
    variables.put("OMEN_JAVA_HOME", jdk.toString());
    variables.putAll(environment);
    variables.values().removeIf(String::isEmpty);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    int exitCode =
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Outcome(
        exitCode,
        Files.readString(out, StandardCharsets.ISO_8859_1),
        Files.readString(err, StandardCharsets.ISO_8859_1));
  }

  private void assertStarted(Outcome outcome, String... arguments) throws IOException {
    assertStarted(checkout.toRealPath().resolve("tools/target/omen/lib"), outcome, arguments);
  }

  private static void assertStarted(Path lib, Outcome outcome, String... arguments) {
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals("", outcome.err());
    assertFalse(outcome.out().contains("left="), outcome::toString);
    List<String> all = outcome.out().lines().filter(line -> line.startsWith("argument=")).toList();
    int from = all.indexOf("argument=" + lib.resolve("omendb-tools.jar")) + 1;
    assertTrue(from > 1 && all.get(from - 2).equals("argument=-jar"), outcome::toString);
    assertEquals(
        List.of(arguments),
        all.subList(from, all.size()).stream().map(line -> line.substring(9)).toList());
  }

  @Test
  void argumentsComeAsTheyWereTyped() throws Exception {
    String[] arguments = {"search", "", "a b", "*", "--vector", "1,2", "$HOME", "'", "-n"};
    assertStarted(omen(checkout.resolve("omen"), Map.of(), arguments), arguments);
    assertStarted(omen(checkout.resolve("omen"), Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "CDPATH, .:/:/usr",
    "JAVA_TOOL_OPTIONS, -Xmx1m",
    "JDK_JAVA_OPTIONS, -Xmx1m",
    "_JAVA_OPTIONS, -Xmx1m",
    "CLASSPATH, /nothing.jar",
    "GREP_OPTIONS, --color=always",
    "POSIXLY_CORRECT, 1",
    "IFS, /",
    "TZ, Nowhere/At_All",
    "LANG, tr_TR.UTF-8",
    "LC_ALL, C",
    "LC_ALL, POSIX",
    "LC_CTYPE, de_DE.ISO-8859-1",
    "LANG, no-such-locale",
    "HOME, ''",
    "HOME, /nowhere"
  })
  void theEnvironmentChangesNothing(String name, String value) throws Exception {
    Outcome outcome = omen(checkout.resolve("omen"), Map.of(name, value), "info", "a b");
    assumeTrue(!outcome.err().contains("there is no UTF-8 locale"), "a system without UTF-8");
    assertStarted(outcome, "info", "a b");
    assertTrue(outcome.has("charmap=UTF-8") || outcome.has("charmap="), outcome::toString);
  }

  @Test
  void theScriptIsFoundThroughLinks() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("my bin"));
    Path relative = bin.resolve("omen");
    Files.createSymbolicLink(relative, bin.relativize(checkout.resolve("omen")));
    assertStarted(omen(relative, Map.of("CDPATH", folder.toString())));
    Path twice = folder.resolve("-twice");
    Files.createSymbolicLink(twice, Path.of("my bin/omen"));
    assertStarted(omen(twice, Map.of()));
    Path linked = folder.resolve("linked");
    Files.createSymbolicLink(linked, checkout);
    assertStarted(omen(linked.resolve("omen"), Map.of()));
  }

  @Test
  void flagsAreWordsAndNoPatterns() throws Exception {
    Files.writeString(folder.resolve("-Dx=1"), "");
    Outcome outcome =
        omen(checkout.resolve("omen"), Map.of("OMEN_JVM_FLAGS", "-Dx=* -Dy=2", "OMEN_HEAP", "1g"));
    assertStarted(outcome);
    assertTrue(outcome.has("argument=-Dx=*") && outcome.has("argument=-Dy=2"), outcome::toString);
    assertTrue(outcome.has("argument=-Xmx1g"), outcome::toString);
  }

  @Test
  void aJdkIsFoundInJavaHomeAndOnThePath() throws Exception {
    assertStarted(
        omen(checkout.resolve("omen"), Map.of("OMEN_JAVA_HOME", "", "JAVA_HOME", jdk.toString())));
    Path bin = Files.createDirectories(folder.resolve("bin of links"));
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
    assertStarted(
        omen(
            checkout.resolve("omen"),
            Map.of("OMEN_JAVA_HOME", "", "PATH", bin + ":" + System.getenv("PATH"))));
  }

  /// Lays a distribution: the script in bin/ beside lib/.
  private Path install() throws IOException {
    Path installed = folder.resolve("an [x] * distribution");
    Files.createDirectories(installed.resolve("bin"));
    Files.createDirectories(installed.resolve("lib"));
    Files.writeString(installed.resolve("lib/omendb-tools.jar"), "");
    Files.copy(SCRIPT, installed.resolve("bin/omen"));
    return installed;
  }

  @Test
  void aDistributionRunsItsOwnJars() throws Exception {
    Path installed = install();
    Path lib = installed.toRealPath().resolve("lib");
    assertStarted(lib, omen(installed.resolve("bin/omen"), Map.of(), "a b"), "a b");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("an [x] * distribution/bin/omen"));
    assertStarted(lib, omen(link, Map.of()));
  }

  @Test
  void aDistributionUsesTheJavaThatItHasUnlessItIsToldOther() throws Exception {
    Path installed = install();
    Files.createDirectories(installed.resolve("runtime/bin"));
    Path java = installed.resolve("runtime/bin/java");
    Files.writeString(java, "#!/usr/bin/env bash\necho its own\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path script = installed.resolve("bin/omen");
    assertEquals("its own\n", omen(script, Map.of("OMEN_JAVA_HOME", "")).out());
    assertStarted(installed.toRealPath().resolve("lib"), omen(script, Map.of()));
  }

  @Test
  void theCacheIsUsedWhereItLiesUnlessFlagsNameAnother() throws Exception {
    Path installed = install();
    Path script = installed.resolve("bin/omen");
    assertFalse(omen(script, Map.of()).out().contains("AOTCache"));
    Path lib = installed.toRealPath().resolve("lib");
    Files.writeString(lib.resolve("omen.aot"), "");
    String cache = "argument=-XX:AOTCache=" + lib.resolve("omen.aot");
    Outcome used = omen(script, Map.of("OMEN_JVM_FLAGS", "-Dx=1"));
    assertTrue(used.has(cache) && used.has("argument=-Xlog:aot*=off,cds*=off"), used::toString);
    assertStarted(lib, used);
    for (String flag : List.of("-XX:AOTCacheOutput=a", "-Xshare:off", "-XX:SharedArchiveFile=a")) {
      Outcome other = omen(script, Map.of("OMEN_JVM_FLAGS", flag));
      assertFalse(other.has(cache), other::toString);
      assertTrue(other.has("argument=" + flag), other::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"--help, true", "-V, true", "'', true", "build, false", "help, false"})
  void onlyHelpAndVersionDoWithoutTheOptimizingCompiler(String word, boolean brief)
      throws Exception {
    Outcome outcome = omen(checkout.resolve("omen"), Map.of(), word);
    assertEquals(brief, outcome.has("argument=-XX:TieredStopAtLevel=1"), outcome::toString);
  }

  /// Escape sequences go to terminals that understand them, if colours are not unwanted.
  @ParameterizedTest
  @CsvSource({
    "TERM, xterm, true",
    "TERM, dumb, false",
    "TERM, '', false",
    "NO_COLOR, 1, false",
    "NO_COLOR, '', true"
  })
  void escapeSequencesNeedATerminalThatUnderstandsThem(String name, String value, boolean wanted)
      throws Exception {
    Path script = Path.of("/usr/bin/script");
    assumeTrue(
        System.getProperty("os.name").equals("Linux") && Files.isExecutable(script),
        "no script(1) of util-linux, which makes a terminal");
    String expected = "argument=-Domen.terminal=" + wanted;
    Map<String, String> environment = new HashMap<>(Map.of("TERM", "xterm"));
    environment.put(name, value);
    // The words of a command line in a shell, in a terminal of its own.
    environment.put("SCRIPT", checkout.resolve("omen").toString());
    Outcome outcome =
        omen(script, environment, "--quiet", "--return", "--command", "\"$SCRIPT\" x", "typed.txt");
    assertTrue(outcome.has(expected), outcome::toString);
    // Without a terminal there are none.
    assertTrue(
        omen(checkout.resolve("omen"), environment).has("argument=-Domen.terminal=false"),
        outcome::toString);
  }

  @Test
  void aFolderThatIsNoJdkIsNamed() throws Exception {
    Outcome outcome =
        omen(checkout.resolve("omen"), Map.of("OMEN_JAVA_HOME", folder.toString()), "info");
    assertEquals(1, outcome.exitCode());
    assertEquals(
        "omen: OMEN_JAVA_HOME is not a JDK 25: OMEN_JAVA_HOME=" + folder + ", version=none\n",
        outcome.err());
  }

  @Test
  void aCheckoutThatCannotBeWrittenWorks() throws Exception {
    Path lib = checkout.resolve("tools/target/omen/lib");
    Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertStarted(omen(checkout.resolve("omen"), Map.of()));
    } finally {
      Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /// A closed standard output must not become the number of a file that the JVM opens.
  @ParameterizedTest
  @ValueSource(strings = {"0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"})
  void closedStreamsAreNotReusedForFiles(String closed) throws Exception {
    Path java = jdk.resolve("bin/java");
    Files.writeString(
        java,
        """
        #!/usr/bin/env bash
        for number in 0 1 2; do
          { : <&$number; } 2>/dev/null || printf 'closed=%s\\n' "$number" >> "$SEEN"
        done
        printf 'ran\\n' >> "$SEEN"
        """);
    Path seen = folder.resolve("seen");
    Path caller = folder.resolve("caller");
    Files.writeString(caller, "#!/usr/bin/env bash\nexec \"$1\" " + closed + "\n");
    Files.setPosixFilePermissions(caller, PosixFilePermissions.fromString("rwxr-xr-x"));
    omen(caller, Map.of("SEEN", seen.toString()), checkout.resolve("omen").toString());
    assertEquals("ran\n", Files.readString(seen));
  }
}
