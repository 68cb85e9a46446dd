package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every command against paths that are not what it needs: one line that names the path and what is
/// there, exit code 1, and nothing changed.
final class UnusablePathsTest {
  private static final String LINK = "it is a link to nowhere";
  private static final String CIRCLE = "Too many levels of symbolic links";
  private static final String NO_PERMISSION = "no permission";

  @TempDir Path folder;

  private Path base;
  private Path queries;
  private Path truth;
  private Path index;
  private Path archive;

  @BeforeEach
  void makeFiles() {
    base = folder.resolve("base.u8bin");
    queries = folder.resolve("queries.u8bin");
    truth = folder.resolve("truth.ibin");
    index = folder.resolve("index");
    archive = folder.resolve("archive.omensnap");
    done("dataset", "synthetic", base, "--count", 60, "--dimension", 8, "--queries", queries);
    done("groundtruth", base, queries, truth, "--k", 5);
    done("build", base, index);
    done("snapshot", index, archive);
  }

  /// What is at a path of that name, and how it is told.
  private record Obstacle(Path path, String told) {}

  private static Path link(Path path, Path target) throws IOException {
    return Files.createSymbolicLink(path, target);
  }

  /// Paths at which there is no file, each ending as a file of the kind does.
  private List<Obstacle> noFiles(String extension) throws IOException {
    Path dir = Files.createDirectories(folder.resolve("no files " + extension));
    Path circle = dir.resolve("circle" + extension);
    Path file = Files.writeString(dir.resolve("file"), "");
    return List.of(
        new Obstacle(dir.resolve("missing" + extension), "no such"),
        new Obstacle(dir.resolve("no folder").resolve("missing" + extension), "no such"),
        new Obstacle(Files.createDirectory(dir.resolve("folder" + extension)), "it is a folder"),
        new Obstacle(
            link(dir.resolve("link to folder" + extension), dir.resolve("folder" + extension)),
            "it is a folder"),
        new Obstacle(link(dir.resolve("nowhere" + extension), dir.resolve("gone")), LINK),
        new Obstacle(link(circle, circle), CIRCLE),
        new Obstacle(file.resolve("below a file" + extension), "not a folder"));
  }

  /// Paths at which there is no index.
  private List<Obstacle> noIndexes() throws IOException {
    Path dir = Files.createDirectories(folder.resolve("no indexes"));
    Path file = Files.writeString(dir.resolve("file"), "precious");
    Path other = Files.createDirectory(dir.resolve("other"));
    Files.writeString(other.resolve("notes.txt"), "precious");
    Path circle = dir.resolve("circle");
    return List.of(
        new Obstacle(dir.resolve("missing"), "no such directory"),
        new Obstacle(file, "not a directory"),
        new Obstacle(link(dir.resolve("link to file"), file), "not a directory"),
        new Obstacle(other, "no manifest"),
        new Obstacle(link(dir.resolve("link to other"), other), "no manifest"),
        new Obstacle(Files.createDirectory(dir.resolve("empty")), "no manifest"),
        new Obstacle(link(dir.resolve("nowhere"), dir.resolve("gone")), LINK),
        new Obstacle(link(circle, circle), CIRCLE),
        new Obstacle(file.resolve("below"), "not a folder"));
  }

  /// Paths at which no index may be made.
  private List<Obstacle> noTargets() throws IOException {
    Path dir = Files.createDirectories(folder.resolve("no targets"));
    Path file = Files.writeString(dir.resolve("file"), "precious");
    Path other = Files.createDirectory(dir.resolve("other"));
    Files.writeString(other.resolve("a.txt"), "precious");
    Path uploads = Files.createDirectory(dir.resolve("uploads"));
    Path upload = Files.createDirectory(uploads.resolve("123e4567-e89b-12d3-a456-426614174000"));
    Files.writeString(upload.resolve("thesis.txt"), "kept for years");
    Path circle = dir.resolve("circle");
    String foreign = "is not empty and not an index, so it is not touched: found ";
    return List.of(
        new Obstacle(file, "is not a directory"),
        new Obstacle(link(dir.resolve("link to file"), file), "is not a directory"),
        new Obstacle(other, foreign + "a.txt"),
        new Obstacle(link(dir.resolve("link to other"), other), foreign + "a.txt"),
        new Obstacle(uploads, foreign + "123e4567"),
        new Obstacle(link(dir.resolve("nowhere"), dir.resolve("gone")), LINK),
        new Obstacle(dir.resolve("nowhere").resolve("below"), LINK),
        new Obstacle(link(circle, circle), CIRCLE),
        new Obstacle(file.resolve("below"), "not a folder"));
  }

  @Test
  void aFileThatCannotBeReadIsTold() throws IOException {
    for (Obstacle bad : noFiles(".u8bin")) {
      refused(bad, "build", bad.path, folder.resolve("new"));
      refused(bad, "plan", bad.path, folder.resolve("new"));
      refused(bad, "search", index, "--queries", bad.path);
      refused(bad, "eval", index, "--queries", bad.path, "--truth", truth, "--k", 5);
      refused(bad, "groundtruth", bad.path, queries, folder.resolve("new.ibin"), "--k", 3);
      refused(bad, "groundtruth", base, bad.path, folder.resolve("new.ibin"), "--k", 3);
      refused(bad, "repair", index, folder.resolve("new"), "--source", bad.path);
    }
    for (String extension : List.of(".u8bin.gz", ".hdf5", ".fvecs")) {
      for (Obstacle bad : noFiles(extension)) {
        refused(bad, "build", bad.path, folder.resolve("new"));
      }
    }
    for (Obstacle bad : noFiles(".ibin")) {
      refused(bad, "eval", index, "--queries", queries, "--truth", bad.path);
    }
    for (Obstacle bad : noFiles(".omensnap")) {
      refused(bad, "restore", bad.path, folder.resolve("new"));
      refused(bad, "restore", archive, folder.resolve("new"), "--base", bad.path);
      refused(bad, "snapshot", index, folder.resolve("new"), "--base", bad.path);
    }
  }

  @Test
  void aPathWithoutAnIndexIsTold() throws IOException {
    for (Obstacle bad : noIndexes()) {
      refused(bad, "search", bad.path, "--vector", "1,2,3,4,5,6,7,8");
      refused(bad, "eval", bad.path, "--queries", queries, "--truth", truth, "--k", 5);
      refused(bad, "info", bad.path);
      refused(bad, "verify", bad.path);
      refused(bad, "verify", bad.path, "--full");
      refused(bad, "snapshot", bad.path, folder.resolve("new"));
      refused(bad, "snapshot", bad.path, folder.resolve("new"), "--link");
      // A repair does without a manifest.
      String told = bad.told.equals("no manifest") ? "no other file of an index" : bad.told;
      refused(new Obstacle(bad.path, told), "repair", bad.path, folder.resolve("new"));
    }
  }

  @Test
  void aTargetThatMayNotBeWrittenIsTold() throws IOException {
    for (Obstacle bad : noTargets()) {
      for (String overwrite : new String[] {"-q", "--overwrite"}) {
        refused(bad, "build", base, bad.path, overwrite);
        refused(bad, "plan", base, bad.path, overwrite);
        refused(bad, "restore", archive, bad.path, overwrite);
      }
      refused(bad, "repair", index, bad.path);
      refused(bad, "snapshot", index, bad.path, "--link");
    }
    Obstacle there = new Obstacle(index, "holds an index already; --overwrite replaces it");
    refused(there, "build", base, index);
    refused(there, "plan", base, index);
    refused(there, "restore", archive, index);
    refused(new Obstacle(base, "is not an archive"), "snapshot", index, base, "--overwrite");
    refused(new Obstacle(base, "exists already; --overwrite"), "snapshot", index, base);
    refused(new Obstacle(folder, "is not a file"), "snapshot", index, folder, "--overwrite");
  }

  @Test
  void anOutputThatCannotBeWrittenIsTold() throws IOException {
    for (Obstacle bad : noFiles(".ibin")) {
      if (Files.notExists(bad.path.toAbsolutePath()) && bad.told.equals("no such")) {
        continue;
      }
      String told = bad.told.equals("it is a folder") ? "is not a file" : bad.told;
      Obstacle output = new Obstacle(bad.path, told);
      refused(output, "groundtruth", base, queries, bad.path, "--k", 3, "--overwrite");
    }
    Path missing = folder.resolve("missing");
    Obstacle nowhere = new Obstacle(missing, "there is no such folder");
    refused(nowhere, "groundtruth", base, queries, missing.resolve("a.ibin"), "--k", 3);
    refused(nowhere, "dataset", "synthetic", missing.resolve("a.u8bin"), "--count", 10);
    refused(new Obstacle(base, "not a folder"), "dataset", "download", "siftsmall", base);
  }

  @Test
  void aLinkToAnIndexIsTheIndex() throws IOException {
    Path link = link(folder.resolve("link"), index);
    Run direct = done("info", index, "--json");
    assertEquals(
        direct.out().replace(index.toString(), ""),
        done("info", link, "--json").out().replace(link.toString(), ""));
    Path real = Files.createDirectory(folder.resolve("real"));
    Path target = link(folder.resolve("link to empty"), real);
    String built = done("build", base, target).out();
    assertFalse(built.contains(" 0 B"), built);
    assertTrue(Files.exists(real.resolve("manifest.omen")));
  }

  @Test
  void whatMayNotBeReadIsToldAsThat() throws IOException {
    assumeNotAlmighty();
    List<Path> locked = new ArrayList<>();
    try {
      Path pages;
      try (Stream<Path> files = Files.walk(index)) {
        pages = files.filter(file -> file.endsWith("base.pages")).findFirst().orElseThrow();
      }
      locked.add(lock(pages));
      refused(new Obstacle(pages, NO_PERMISSION), "search", index, "--vector", "1,2,3,4,5,6,7,8");
      refused(new Obstacle(pages, NO_PERMISSION), "snapshot", index, folder.resolve("new"));
      for (Path file : List.of(index.resolve("manifest.omen"), index)) {
        locked.add(lock(file));
        Obstacle bad = new Obstacle(file, NO_PERMISSION);
        refused(bad, "search", index, "--vector", "1,2,3,4,5,6,7,8");
        refused(bad, "info", index);
        refused(bad, "verify", index);
        refused(bad, "repair", index, folder.resolve("new"));
        refused(bad, "snapshot", index, folder.resolve("new"));
        refused(bad, "build", base, index, "--overwrite");
        refused(bad, "plan", base, index, "--overwrite");
      }
      locked.add(lock(base));
      refused(new Obstacle(base, NO_PERMISSION), "build", base, folder.resolve("new"));
      locked.add(lock(archive));
      refused(new Obstacle(archive, NO_PERMISSION), "restore", archive, folder.resolve("new"));
      Path closed = Files.createDirectory(folder.resolve("closed"));
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
      locked.add(closed);
      Obstacle bad = new Obstacle(closed, NO_PERMISSION);
      for (Path target : List.of(closed, closed.resolve("new"))) {
        refused(bad, "build", queries, target);
        refused(bad, "plan", queries, target);
      }
    } finally {
      for (Path file : locked.reversed()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  private static Path lock(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    return path;
  }

  // The system's administrator may read everything.
  private void assumeNotAlmighty() throws IOException {
    Path file = lock(Files.createFile(folder.resolve("probe")));
    boolean readable = Files.isReadable(file);
    Files.delete(file);
    assumeFalse(readable, "this user may read everything");
  }

  private static Run done(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }

  private void refused(Obstacle obstacle, Object... arguments) throws IOException {
    Map<String, String> before = tree();
    Run run = Run.omen(arguments);
    String what = List.of(arguments) + ": " + run;
    assertEquals(1, run.exitCode(), what);
    assertEquals(1, run.err().lines().count(), what);
    assertTrue(run.err().startsWith("omen: "), what);
    assertTrue(run.err().contains(obstacle.told), what + "told: " + obstacle.told);
    assertTrue(run.err().contains("path=" + obstacle.path.getParent()), what);
    assertFalse(run.err().contains("internal error"), what);
    assertEquals(before, tree(), what);
  }

  /// All that is in the folder.
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new LinkedHashMap<>();
    List<Path> left = new ArrayList<>(List.of(folder));
    while (!left.isEmpty()) {
      Path path = left.removeLast();
      if (Files.isSymbolicLink(path)) {
        tree.put(path.toString(), "link to " + Files.readSymbolicLink(path));
      } else if (Files.isDirectory(path)) {
        tree.put(path.toString(), "folder");
        if (Files.isReadable(path)) {
          try (Stream<Path> entries = Files.list(path)) {
            entries.sorted().forEach(left::add);
          }
        }
      } else {
        tree.put(path.toString(), Files.size(path) + " " + Files.getLastModifiedTime(path));
      }
    }
    return tree;
  }
}
