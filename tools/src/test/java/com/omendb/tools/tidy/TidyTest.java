package com.omendb.tools.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.omendb.tools.tidy.SourceTree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The house rules that a machine can check, over all sources of all modules:
///
/// - every Java file is formatted by google-java-format; no file is longer than 450 lines
/// - only `tools` prints; no reminders, tabs or paths of somebody's machine are left behind
/// - files of an index are written through `pagecache.storage` only
/// - `jdk.incubator` is named only in `vectors` and `pq`, native linking only in `pagecache`
/// - no Java object is ever made out of bytes
/// - modules depend downwards only, and no two packages on each other
/// - the map in docs/ARCHITECTURE.md has every package
/// - the compiler checks the documentation of every package that is exported to everybody
///
/// Words that the rules forbid are put together from parts here, so that this file keeps them.
final class TidyTest {
  private static final int MAX_LINES = 450;
  private static final String FIX =
      "mvn verify -pl tools -am -Dtest=TidyTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtidy.fix=true";

  /// The modules that each module may require; the rule is in docs/ARCHITECTURE.md.
  private static final Map<String, Set<String>> ALLOWED_EDGES =
      Map.of(
          "vectors", Set.of(),
          "pagecache", Set.of(),
          "pq", Set.of("vectors"),
          "datasets", Set.of("vectors"),
          "datasets/*", Set.of("datasets"),
          "store", Set.of("pagecache", "vectors"),
          "diskann", Set.of("store", "pq", "pagecache", "vectors"),
          "hnswif", Set.of("diskann", "store", "pq", "pagecache", "vectors"),
          "tools", Set.of("hnswif", "diskann", "store", "pq", "pagecache", "datasets", "vectors"));

  private static final Pattern REQUIRES =
      Pattern.compile("requires\\s+(?:transitive\\s+|static\\s+)*com\\.omendb\\.([\\w.]+)\\s*;");

  private static final Pattern EXPORTS = Pattern.compile("exports\\s+([\\w.]+)\\s*;");

  private static SourceTree tree;

  @BeforeAll
  static void readSources() throws IOException {
    tree = SourceTree.read();
    assertTrue(tree.java().size() > 20, () -> "few sources found below " + tree.root());
  }

  @Test
  void javaFilesAreFormatted() throws IOException {
    Map<Source, String> formatted =
        tree.java().parallelStream()
            .collect(Collectors.toConcurrentMap(Function.identity(), TidyTest::formatted));
    Set<String> wrong = new TreeSet<>();
    for (Source source : tree.java()) {
      String text = String.valueOf(formatted.get(source));
      if (!text.equals(source.text())) {
        if (Boolean.getBoolean("tidy.fix")) {
          Files.writeString(source.file(), text);
        } else {
          wrong.add(source.path());
        }
      }
    }
    assertEquals(Set.of(), wrong, () -> "not formatted; this rewrites them: " + FIX);
  }

  @Test
  void classesAreSmall() {
    assertNone(
        "longer than " + MAX_LINES + " lines", tree.java(), source -> source.lines() > MAX_LINES);
  }

  @Test
  void onlyToolsPrints() {
    Pattern printing = Pattern.compile("System\\.(out|err)\\b|\\.printStackTrace\\(");
    assertNone(
        "prints",
        tree.java(),
        source ->
            !(source.module().equals("tools") && !source.isTest())
                && !source.path().endsWith("/testing/Seeds.java")
                // Programs that a test starts in a JVM of their own answer on stdout.
                && !(source.isTest() && source.text().contains("public static void main("))
                && printing.matcher(source.text()).find());
  }

  @Test
  void vectorApiStaysInVectorsAndPq() {
    Pattern incubator =
        Pattern.compile("requires\\s+(static\\s+)?jdk\\.incubator|jdk\\.incubator\\.\\w+\\.[A-Z*]");
    assertNone(
        "uses the incubating Vector API",
        tree.java(),
        source ->
            !Set.of("vectors", "pq").contains(source.module())
                && incubator.matcher(source.text()).find());
  }

  @Test
  void nativeLinkingStaysInPagecache() {
    Pattern linker = Pattern.compile("java\\.lang\\.foreign\\.(Linker|SymbolLookup)\\b");
    assertNone(
        "links native code",
        tree.java(),
        source -> !source.module().equals("pagecache") && linker.matcher(source.text()).find());
  }

  @Test
  void noJavaObjectIsReadFromBytes() {
    Pattern serialization =
        Pattern.compile(
            "\\b(Object(Input|Output)Stream|ObjectInput(Filter|Validation)?|Extern"
                + "alizable|XML(De|En)coder|readUn"
                + "shared|readRe"
                + "solve|Marshalled"
                + "Object)\\b|implements[^{;]*\\bSeri"
                + "alizable\\b");
    assertNone(
        "reads or writes Java objects",
        tree.java(),
        source ->
            !source.path().endsWith("/TidyTest.java")
                && serialization.matcher(source.text()).find());
  }

  @Test
  void indexFilesAreWrittenThroughTheStorage() {
    Pattern writing =
        Pattern.compile(
            "StandardOpenOption\\.(WRITE|CREATE\\w*|APPEND|TRUNCATE_EXISTING)"
                + "|Files\\.(move|write\\w*|delete\\w*|create\\w+|copy|newOutputStream)\\(");
    // Scratch files, which nobody reads after a crash, and a file of the kernel's.
    Set<String> exempt =
        Set.of("ScratchArena.java", "SpillFile.java", "SpoolFile.java", "ProcessMemory.java");
    assertNone(
        "writes files past the storage",
        tree.java(),
        source ->
            Set.of("pagecache", "store", "diskann", "hnsw-if").contains(source.module())
                && !source.isTest()
                && !source.path().contains("/pagecache/storage/")
                && !exempt.contains(String.valueOf(source.file().getFileName()))
                && writing.matcher(source.text()).find());
  }

  @Test
  void modulesDependDownwardsOnly() {
    for (Source source : tree.java()) {
      if (source.path().endsWith("/src/main/java/module-info.java")) {
        String module = source.module().replace("-", "").replaceFirst("/.*", "/*");
        Set<String> allowed = ALLOWED_EDGES.getOrDefault(module, Set.of());
        Set<String> required =
            REQUIRES
                .matcher(source.text())
                .results()
                .map((MatchResult result) -> result.group(1))
                .filter(name -> !allowed.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), required, () -> source.path() + " requires what it may not");
      }
    }
  }

  @Test
  void noPackageLeadsBackToItself() {
    assertEquals(Set.of(), PackageEdges.read(tree.java()).inCircles());
  }

  @Test
  void theMapHasEveryPackage() throws IOException {
    String map = Files.readString(tree.root().resolve("docs/ARCHITECTURE.md"));
    Set<String> missing = new TreeSet<>();
    for (String name : PackageEdges.read(tree.java()).of().keySet()) {
      if (!map.contains("| `" + name.replace("com.omendb.", "") + "` |")) {
        missing.add(name);
      }
    }
    assertEquals(Set.of(), missing, "docs/ARCHITECTURE.md lacks a row for packages");
  }

  @Test
  void whatIsExportedToEverybodyIsCheckedForItsDocumentation() throws IOException {
    Set<String> exported = new TreeSet<>();
    for (Source source : tree.java()) {
      if (source.path().endsWith("/src/main/java/module-info.java")) {
        EXPORTS.matcher(source.text()).results().forEach(found -> exported.add(found.group(1)));
      }
    }
    Matcher checked =
        Pattern.compile("<omen\\.publicPackages>(.*)</omen\\.publicPackages>")
            .matcher(Files.readString(tree.root().resolve("pom.xml")));
    assertTrue(checked.find(), "pom.xml names no public packages");
    assertEquals(exported, new TreeSet<>(List.of(checked.group(1).split(","))));
  }

  @Test
  void nothingIsLeftBehind() {
    Pattern reminders = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    assertNone(
        "holds a reminder", tree.sources(), source -> reminders.matcher(source.text()).find());
    assertNone("holds a tab", tree.sources(), source -> source.text().indexOf('\t') >= 0);
    Pattern machinePaths = Pattern.compile("[\\s\"'=(]/(wo" + "rk|tm" + "p|ro" + "ot|ho" + "me)/");
    assertNone(
        "holds a path of one machine",
        tree.sources(),
        source -> machinePaths.matcher(source.text()).find());
  }

  private static String formatted(Source source) {
    try {
      return new Formatter(JavaFormatterOptions.defaultOptions())
          .formatSourceAndFixImports(source.text());
    } catch (FormatterException e) {
      throw new AssertionError("cannot be parsed: path=" + source.path(), e);
    }
  }

  private static void assertNone(String what, List<Source> sources, Predicate<Source> isWrong) {
    Set<String> wrong =
        sources.stream()
            .filter(isWrong)
            .map(Source::path)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), wrong, what);
  }
}
