package com.omendb.store.directory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.DirectoryLockedException;
import com.omendb.vectors.testing.Refusals;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: until a new index is published the old one is whole and byte for byte the same;
/// afterwards only the new one is there; what is not an index is never touched; a failure leaves
/// the directory as it was.
class PublicationTest {
  private static final UUID OLD = new UUID(1, 1);
  private static final UUID NEW = new UUID(2, 2);

  @TempDir Path temporary;

  @Test
  void aNewIndexAppearsWithItsFilesLengthsAndChecksums() throws Exception {
    Path directory = temporary.resolve("deep/er/index");
    Manifest published = TestPublications.publish(directory, NEW, "content", false);
    assertEquals(published, Manifest.read(directory));
    assertEquals(NEW, published.indexId());
    CRC32C crc = new CRC32C();
    crc.update("content".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Map.of("a.graph", new Manifest.FileEntry(7, (int) crc.getValue())), published.files());
    Publication.checkLengths(directory, published);
  }

  @Test
  void aManifestOfAnotherIndexOrWithFilesIsNotPublished() throws Exception {
    Path directory = temporary.resolve("index");
    try (Publication publication = Publication.begin(directory, NEW, false)) {
      Files.writeString(publication.file("a.graph").path(), "content");
      Refusals.assertRefused(
          "indexId=" + OLD, () -> publication.publish(TestPublications.manifest(OLD)));
      Manifest named = TestPublications.manifest(NEW);
      named.files().put("b.graph", new Manifest.FileEntry(1, 1));
      Refusals.assertRefused("files=[b.graph]", () -> publication.publish(named));
    }
    assertFalse(Files.exists(directory.resolve(Manifest.FILE)));
  }

  @Test
  void anIndexIsReplacedOnlyIfAsked() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    FileAlreadyExistsException e =
        assertThrows(
            FileAlreadyExistsException.class, () -> Publication.begin(directory, NEW, false));
    TestFiles.assertMentions("overwrite", e);
    assertUnchanged(before, directory);
  }

  @Test
  void theOldIndexIsWholeUntilTheNewOneIsPublished() throws Exception {
    Path directory = temporary.resolve("index");
    Manifest old = TestPublications.publish(directory, OLD, "old", false);
    try (Publication publication = Publication.begin(directory, NEW, true)) {
      Files.writeString(publication.file("a.graph").path(), "new");
      assertEquals(old, Manifest.read(directory));
      Publication.checkLengths(directory, old);
      assertEquals("old", Files.readString(directory.resolve(OLD + "/a.graph")));
      publication.publish(TestPublications.manifest(NEW));
    }
    assertEquals(NEW, Manifest.read(directory).indexId());
    assertEquals("new", Files.readString(directory.resolve(NEW + "/a.graph")));
    assertFalse(Files.exists(directory.resolve(OLD.toString())));
    assertEquals(2, TestFiles.snapshot(directory).size());
  }

  @Test
  void closingWithoutPublishingLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = temporary.resolve("index");
    Manifest old = TestPublications.publish(directory, OLD, "old", false);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    try (Publication publication = Publication.begin(directory, NEW, true)) {
      Files.writeString(publication.file("a.graph").path(), "half");
    }
    assertUnchanged(before, directory);
    assertEquals(old, Manifest.read(directory));
  }

  @Test
  void closingWithoutPublishingRemovesWhatBeginCreated() throws Exception {
    Path directory = temporary.resolve("index");
    try (Publication publication = Publication.begin(directory, NEW, false)) {
      Files.writeString(publication.file("a.graph").path(), "half");
    }
    assertFalse(Files.exists(directory));

    Files.createDirectory(directory);
    Publication.begin(directory, NEW, false).close();
    assertTrue(Files.isDirectory(directory), "it was there before");
    assertTrue(TestFiles.snapshot(directory).isEmpty());
  }

  @Test
  void whatIsNotAnIndexIsNeverTouched() throws Exception {
    for (String foreign : new String[] {"notes.txt", "sub", NEW + ".bak", "manifest.omen.old"}) {
      Path directory = Files.createDirectory(temporary.resolve("not-an-index-" + foreign));
      Files.writeString(directory.resolve(foreign), "precious");
      SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
      for (boolean overwrite : new boolean[] {false, true}) {
        FileAlreadyExistsException e =
            assertThrows(
                FileAlreadyExistsException.class,
                () -> Publication.begin(directory, NEW, overwrite));
        TestFiles.assertMentions(foreign, e);
        assertThrows(
            FileAlreadyExistsException.class, () -> Publication.checkTarget(directory, overwrite));
        assertUnchanged(before, directory);
      }
    }
    Path file = Files.writeString(temporary.resolve("file"), "precious");
    assertThrows(FileAlreadyExistsException.class, () -> Publication.begin(file, NEW, true));
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void filesBesideAnIndexSurviveItsReplacement() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    Files.writeString(directory.resolve("notes.txt"), "precious");
    TestPublications.publish(directory, NEW, "new", true);
    assertEquals("precious", Files.readString(directory.resolve("notes.txt")));
  }

  @Test
  void aSecondWriterIsToldOfTheFirstAndDisturbsNothing() throws Exception {
    Path directory = temporary.resolve("index");
    for (UUID id : new UUID[] {OLD, NEW}) {
      try (Publication publication = Publication.begin(directory, id, true)) {
        Files.writeString(publication.file("a.graph").path(), "content");
        SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
        DirectoryLockedException refusal =
            assertThrows(
                DirectoryLockedException.class,
                () -> Publication.begin(directory, new UUID(3, 3), true));
        TestFiles.assertMentions("process " + ProcessHandle.current().pid() + " on ", refusal);
        assertUnchanged(before, directory);
        publication.publish(TestPublications.manifest(id));
      }
      assertEquals(id, Manifest.read(directory).indexId());
      assertEquals(2, TestFiles.snapshot(directory).size());
    }
  }

  @Test
  void filesBesideADamagedManifestStayUntilThereIsAnotherIndex() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    TestFiles.flip(directory.resolve(Manifest.FILE), 20, 1);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    Publication.begin(directory, NEW, true).close();
    assertUnchanged(before, directory);
  }

  @Test
  void aDamagedIndexCanBeReplaced() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    TestFiles.flip(directory.resolve(Manifest.FILE), 20, 1);
    TestPublications.publish(directory, NEW, "new", true);
    assertEquals(NEW, Manifest.read(directory).indexId());
    assertEquals(2, TestFiles.snapshot(directory).size());
  }

  @Test
  void anObstacleWhereTheFilesMustGoLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    Files.writeString(directory.resolve(NEW.toString()), "an obstacle");
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    assertThrows(IOException.class, () -> Publication.begin(directory, NEW, true));
    assertUnchanged(before, directory);
  }

  @Test
  void anObstacleWhereTheManifestMustGoLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    Path obstacle = directory.resolve(NEW + ".manifest.tmp");
    try (Publication publication = Publication.begin(directory, NEW, true)) {
      Files.writeString(publication.file("a.graph").path(), "new");
      Files.createDirectory(obstacle);
      assertThrows(IOException.class, () -> publication.publish(TestPublications.manifest(NEW)));
    }
    assertUnchanged(before, directory);
  }

  @Test
  void anInterruptedPublicationLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = temporary.resolve("index");
    TestPublications.publish(directory, OLD, "old", false);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    try (Publication publication = Publication.begin(directory, NEW, true)) {
      Files.writeString(publication.file("a.graph").path(), "new");
      Thread.currentThread().interrupt();
      assertThrows(
          ClosedByInterruptException.class,
          () -> publication.publish(TestPublications.manifest(NEW)));
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt is kept");
    }
    assertUnchanged(before, directory);
  }

  @Test
  void filesOfOtherLengthsAndMissingFilesAreNamed() throws Exception {
    Path directory = temporary.resolve("index");
    Manifest manifest = TestPublications.publish(directory, NEW, "content", false);
    Path file = directory.resolve(NEW + "/a.graph");
    for (String other : new String[] {"", "conten", "content+"}) {
      Files.writeString(file, other);
      assertDamaged(directory, manifest, file);
    }
    Files.delete(file);
    assertDamaged(directory, manifest, file);
    Files.createDirectory(file);
    assertDamaged(directory, manifest, file);
  }

  private static void assertDamaged(Path directory, Manifest manifest, Path file) {
    CorruptFileException e =
        assertThrows(
            CorruptFileException.class, () -> Publication.checkLengths(directory, manifest));
    assertEquals(file.toString(), e.path());
  }

  private static void assertUnchanged(SortedMap<String, byte[]> before, Path directory)
      throws IOException {
    SortedMap<String, byte[]> after = TestFiles.snapshot(directory);
    assertEquals(before.keySet(), after.keySet());
    before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
  }

  @Test
  void aNameThatNoPartMayHaveIsRefused() throws IOException {
    try (Publication publication =
        Publication.begin(temporary.resolve("named"), UUID.randomUUID(), false)) {
      publication.file("attributes.part");
      for (String name : new String[] {"../a.part", "a/b.part", "notes.txt", "build.state", ""}) {
        IllegalArgumentException refused =
            assertThrows(IllegalArgumentException.class, () -> publication.file(name));
        TestFiles.assertMentions("name=" + name, refused);
      }
    }
  }
}
