package com.omendb.store.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what a killed build left is deleted, by the mark that it made; nothing else is,
/// whatever its name and place.
class MarkedFilesTest {
  private static final UUID OLD = new UUID(1, 1);
  private static final UUID NEW = new UUID(2, 2);

  @TempDir Path temporary;

  @Test
  void whatAKilledBuildLeftIsCleanedUpByTheNextOne() throws Exception {
    Path directory = killedBuild(OLD, "index");
    Files.writeString(directory.resolve(OLD + ".manifest.tmp"), "half");
    TestPublications.publish(directory, NEW, "new", false);
    assertEquals(2, TestFiles.snapshot(directory).size());
    assertEquals(2, Storage.disk().list(directory).size());

    UUID killed = new UUID(3, 3);
    TestFiles.copy(
        killedBuild(killed, "another").resolve(killed.toString()),
        directory.resolve(killed.toString()));
    TestPublications.publish(directory, OLD, "newer", true);
    assertEquals(2, TestFiles.snapshot(directory).size());
    assertEquals(2, Storage.disk().list(directory).size());
    assertEquals(OLD, Manifest.read(directory).indexId());
  }

  /// What is left of a build that was killed in its midst.
  private Path killedBuild(UUID id, String name) throws IOException {
    Path running = temporary.resolve("running");
    try (Publication publication = Publication.begin(running, id, false)) {
      for (String file :
          List.of(
              "base.pages",
              "pages.dir",
              "codes-16.pq",
              "thin.graph",
              "layers.hnsw",
              "build.state",
              "build.state.tmp",
              "build.layout",
              "graph-candidates",
              "scratch-4711.tmp")) {
        Files.writeString(publication.stagingDirectory().resolve(file), "half");
      }
      return TestFiles.copy(running, temporary.resolve(name));
    }
  }

  @Test
  void anEntryThatNoBuildHasMarkedIsNotTouched() throws Exception {
    byte[] mark =
        Files.readAllBytes(
            killedBuild(OLD, "killed").resolve(OLD.toString()).resolve("build.mark"));
    List<Entry> foreign =
        List.of(
            path -> Files.createDirectory(path),
            path -> Files.writeString(Files.createDirectory(path).resolve("thesis.txt"), "years"),
            path -> Files.writeString(Files.createDirectory(path).resolve("base.pages"), "half"),
            path -> Files.writeString(path, "a file"),
            path -> Files.createSymbolicLink(path, temporary.resolve("killed/" + OLD)),
            path -> Files.write(Files.createDirectory(path).resolve("build.mark"), new byte[0]),
            path ->
                Files.write(
                    Files.createDirectory(path).resolve("build.mark"),
                    Arrays.copyOf(mark, mark.length - 1)),
            path ->
                Files.createSymbolicLink(
                    Files.createDirectory(path).resolve("build.mark"),
                    temporary.resolve("killed/" + OLD + "/build.mark")));
    for (int i = 0; i < foreign.size(); i++) {
      Path alone = Files.createDirectory(temporary.resolve("alone " + i));
      foreign.get(i).make(alone.resolve(OLD.toString()));
      Path beside = temporary.resolve("beside " + i);
      TestPublications.publish(beside, new UUID(3, 3), "old", false);
      foreign.get(i).make(beside.resolve(OLD.toString()));
      List<String> before = tree(alone);
      for (boolean overwrite : new boolean[] {false, true}) {
        FileAlreadyExistsException e =
            assertThrows(
                FileAlreadyExistsException.class, () -> Publication.begin(alone, NEW, overwrite));
        TestFiles.assertMentions("found " + OLD, e);
        assertEquals(before, tree(alone), "case " + i);
      }
      List<String> kept = entriesOf(OLD, beside);
      TestPublications.publish(beside, NEW, "new", true);
      assertEquals(kept, entriesOf(OLD, beside), "case " + i);
      assertEquals(3, Storage.disk().list(beside).size(), "case " + i);
      assertThrows(
          FileAlreadyExistsException.class,
          () -> TestPublications.publish(beside, OLD, "where it is", true));
      assertEquals(kept, entriesOf(OLD, beside), "case " + i);
    }
    assertTrue(Files.exists(temporary.resolve("killed/" + OLD + "/base.pages")));
  }

  /// Makes what somebody else has in a directory.
  private interface Entry {
    void make(Path path) throws IOException;
  }

  /// All paths below a directory, with what is in files and links.
  private static List<String> tree(Path directory) throws IOException {
    List<String> tree = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
        String content =
            Files.isSymbolicLink(path)
                ? " to " + Files.readSymbolicLink(path)
                : Files.isRegularFile(path)
                    ? " of " + Arrays.toString(Files.readAllBytes(path))
                    : "";
        tree.add(directory.relativize(path) + content);
      }
    }
    return tree;
  }

  private static List<String> entriesOf(UUID id, Path directory) throws IOException {
    return tree(directory).stream().filter(entry -> entry.startsWith(id.toString())).toList();
  }

  @Test
  void theMarkOfAnotherIndexIsNone() throws Exception {
    Path directory = killedBuild(OLD, "index");
    Files.move(directory.resolve(OLD.toString()), directory.resolve(NEW.toString()));
    List<String> before = tree(directory);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> Publication.begin(directory, new UUID(3, 3), false));
    assertEquals(before, tree(directory));
  }

  @Test
  void somebodyElsesFilesInTheFolderOfABuildStay() throws Exception {
    Path directory = killedBuild(OLD, "index");
    Path folder = directory.resolve(OLD.toString());
    Path notes = Files.writeString(folder.resolve("notes.txt"), "precious");
    Path deep = Files.createDirectories(folder.resolve("codes-3.pq"));
    Files.writeString(deep.resolve("base.pages"), "precious too");
    Files.createSymbolicLink(folder.resolve("base2.pages"), notes);
    TestPublications.publish(directory, NEW, "new", false);
    assertEquals(
        List.of(
            OLD.toString(),
            OLD + "/base2.pages to " + notes,
            OLD
                + "/build.mark of "
                + Arrays.toString(Files.readAllBytes(folder.resolve("build.mark"))),
            OLD + "/codes-3.pq",
            OLD
                + "/codes-3.pq/base.pages of "
                + Arrays.toString("precious too".getBytes(StandardCharsets.UTF_8)),
            OLD + "/notes.txt of " + Arrays.toString("precious".getBytes(StandardCharsets.UTF_8))),
        entriesOf(OLD, directory));

    Path old = directory.resolve(NEW + "/notes.txt");
    Files.writeString(old, "precious");
    TestPublications.publish(directory, new UUID(3, 3), "newer", true);
    assertEquals("precious", Files.readString(old));
    assertFalse(Files.exists(directory.resolve(NEW + "/a.graph")));
  }

  @Test
  void somebodyElsesFilesAreNoPartOfTheIndex() throws Exception {
    Path directory = temporary.resolve("index");
    try (Publication publication = Publication.begin(directory, NEW, false)) {
      Files.writeString(publication.file("a.graph").path(), "content");
      Files.writeString(publication.stagingDirectory().resolve("notes.txt"), "precious");
      assertEquals(
          Set.of("a.graph"), publication.publish(TestPublications.manifest(NEW)).files().keySet());
    }
    assertEquals("precious", Files.readString(directory.resolve(NEW + "/notes.txt")));
  }

  @Test
  void namesOfOurOwnThatAreSomebodyElsesAreNotTouched() throws Exception {
    for (String name : List.of("manifest.omen", "manifest.omen.tmp", NEW + ".manifest.tmp")) {
      Path directory = Files.createDirectory(temporary.resolve("file " + name));
      Files.writeString(directory.resolve(name), "precious");
      Path unmarked = Files.createDirectory(temporary.resolve("unmarked " + name));
      Files.createDirectory(unmarked.resolve(OLD + ".unmarked"));
      Files.writeString(unmarked.resolve(OLD + ".unmarked").resolve(name), "precious");
      for (Path target : List.of(directory, unmarked)) {
        List<String> before = tree(target);
        for (boolean overwrite : new boolean[] {false, true}) {
          assertThrows(
              FileAlreadyExistsException.class, () -> Publication.begin(target, NEW, overwrite));
          assertEquals(before, tree(target), name);
        }
      }
    }
    Path locked = Files.createDirectory(temporary.resolve("locked"));
    Files.writeString(locked.resolve("lock.omen"), "the key is under the mat");
    List<String> before = tree(locked);
    assertThrows(FileSystemException.class, () -> Publication.begin(locked, NEW, true));
    assertEquals(before, tree(locked));
  }

  @Test
  void anIndexWhoseManifestIsLostIsNotTakenForAKilledBuild() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    Files.delete(directory.resolve(Manifest.FILE));
    List<String> before = tree(directory);
    for (boolean overwrite : new boolean[] {false, true}) {
      assertThrows(
          FileAlreadyExistsException.class, () -> Publication.begin(directory, NEW, overwrite));
      assertEquals(before, tree(directory));
    }
  }

  @Test
  void aPublishedIndexHasNoMark() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    assertEquals(2, TestFiles.snapshot(directory).size());
    // A crash may leave one.
    Path mark = killedBuild(OLD, "killed").resolve(OLD + "/build.mark");
    Files.copy(mark, directory.resolve(OLD + "/build.mark"));
    Publication.begin(directory, NEW, true).close();
    assertEquals(2, TestFiles.snapshot(directory).size());
  }
}
