package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The first index of the README compiles, runs and prints ten neighbours, as a program of its own.
class ReadmeTest {
  private static final String MARK = "<!-- ReadmeTest compiles and runs this. -->";

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void theFirstIndexOfTheReadmeWorks() throws Exception {
    String classPath =
        System.getProperty("java.class.path", "")
            + System.getProperty("path.separator")
            + System.getProperty("jdk.module.path", "");
    Path source = Files.writeString(folder.resolve("First.java"), program());
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-cp",
                classPath,
                "-d",
                folder.toString(),
                source.toString());
    assertEquals(0, failed, () -> messages.toString(StandardCharsets.UTF_8));

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder + System.getProperty("path.separator") + classPath,
                "First")
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertEquals(0, process.waitFor(), () -> errors());
    assertEquals(10, lines.size(), lines::toString);
    assertEquals("1000007 at distance 0.0", lines.getFirst());
    assertTrue(Files.isDirectory(folder.resolve("index")));
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String program() throws IOException {
    Path root = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    String readme = Files.readString(root.resolve("README.md"));
    int from = readme.indexOf("```java\n", readme.indexOf(MARK)) + "```java\n".length();
    String lines = readme.substring(from, readme.indexOf("```", from));
    assertTrue(lines.lines().count() <= 15, "the first index is longer than it was");
    return """
    import com.omendb.store.*;
    import com.omendb.vectors.*;
    import java.nio.file.Path;
    import java.util.stream.LongStream;

    class First {
      public static void main(String[] args) throws Exception {
    """
        + lines
        + "  }\n}\n";
  }
}
