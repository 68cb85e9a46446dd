package com.omendb.tools.tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The repository's own text files, found from the folder that the tests run in.
record SourceTree(Path root, List<Source> sources) {

  /// A text file.
  ///
  /// @param path relative to the root, with forward slashes
  /// @param text what is in it
  record Source(Path file, String path, String text) {
    boolean isJava() {
      return path.endsWith(".java");
    }

    /// The folder of the module that it belongs to, such as `datasets/hdf5`.
    String module() {
      int end = path.indexOf("/src/");
      return path.substring(0, end < 0 ? path.lastIndexOf('/') : end);
    }

    boolean isTest() {
      return path.contains("/src/test/");
    }

    long lines() {
      return text.lines().count();
    }
  }

  /// Reads every Java source, main and test, and the poms and scripts beside them.
  static SourceTree read() throws IOException {
    Path root = findRoot();
    List<Source> sources = new ArrayList<>();
    for (String name : List.of("pom.xml", "omen", ".ci/run")) {
      add(root, root.resolve(name), sources);
    }
    for (String module : modules(root)) {
      add(root, root.resolve(module).resolve("pom.xml"), sources);
      Path folder = root.resolve(module).resolve("src");
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file :
            (Iterable<Path>)
                files.filter(path -> path.toString().endsWith(".java")).sorted()::iterator) {
          add(root, file, sources);
        }
      }
    }
    return new SourceTree(root, List.copyOf(sources));
  }

  /// The Java sources.
  List<Source> java() {
    return sources.stream().filter(Source::isJava).toList();
  }

  private static void add(Path root, Path file, List<Source> sources) throws IOException {
    if (Files.exists(file)) {
      String path = root.relativize(file).toString().replace('\\', '/');
      sources.add(new Source(file, path, Files.readString(file)));
    }
  }

  private static List<String> modules(Path root) throws IOException {
    return Files.readString(root.resolve("pom.xml"))
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("<module>"))
        .map(line -> line.substring("<module>".length(), line.indexOf("</module>")))
        .toList();
  }

  private static Path findRoot() throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path pom = folder.resolve("pom.xml");
      if (Files.exists(pom) && Files.readString(pom).contains("<modules>")) {
        return folder;
      }
    }
    throw new IOException("no pom.xml with modules above " + Path.of("").toAbsolutePath());
  }
}
