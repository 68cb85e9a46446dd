package com.omendb.store.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.pagecache.testing.CrashRounds;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: whenever the machine crashes, and whatever the disk does to what was not forced, the
/// index that was there is there or the new one, whole; the new one once it is published; a
/// publication on what a crash has left succeeds and leaves nothing else.
class PublicationCrashTest {
  private static final int VERSIONS = 4;
  private static final int ROUNDS = 200;

  @TempDir Path temporary;

  @Test
  void afterACrashTheOldFilesOrTheNewOnesAreThere() throws IOException {
    long seed = Seeds.seed("afterACrashTheOldFilesOrTheNewOnesAreThere", 95);
    CrashRounds rounds = new CrashRounds(scenario(Sync.NONE), VERSIONS, temporary, seed);
    Map<CrashRounds.Outcome, Integer> outcomes = rounds.run(CrashRounds.count(ROUNDS));
    assertEquals(CrashRounds.Outcome.values().length, outcomes.size(), "every outcome occurs");
  }

  /// Each is needed, and the rounds above would notice if it were missing.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aSyncThatIsLeftOutLosesAnIndex(Sync leftOut) {
    long seed = Seeds.seed("aSyncThatIsLeftOutLosesAnIndex", 95);
    CrashRounds rounds = new CrashRounds(scenario(leftOut), VERSIONS, temporary, seed);
    AssertionError loss = assertThrows(AssertionError.class, () -> rounds.run(5 * ROUNDS));
    assertTrue(String.valueOf(loss.getMessage()).contains("round"), loss::getMessage);
  }

  /// What a storage may forget to make lasting.
  enum Sync {
    NONE,
    FILES,
    MANIFEST,
    NAMES_OF_FILES,
    NAME_OF_THE_MANIFEST,
    NAME_OF_THE_INDEX,
    NAME_OF_THE_DIRECTORY_ABOVE,
    MARK,
    NAME_OF_THE_MARK,
    NAME_OF_THE_MARK_OF_THE_OLD,
    NAMES_OF_DELETED_FILES,
    NAME_OF_A_RENAMED_DIRECTORY
  }

  private CrashRounds.Scenario scenario(Sync leftOut) {
    return new CrashRounds.Scenario() {
      @Override
      public void write(Storage storage, Path root, int version) throws IOException {
        Path directory = root.resolve("deep").resolve("index");
        publish(new ForgetfulStorage(storage, directory, leftOut), directory, version);
      }

      @Override
      public int read(Path root) throws IOException {
        return readVersion(root.resolve("deep").resolve("index"));
      }
    };
  }

  private static void publish(Storage storage, Path directory, int version) throws IOException {
    try (Publication publication = begin(storage, directory)) {
      for (int file = 0; file < 1 + version; file++) {
        byte[] content = new byte[300 * file + 10 * version];
        Arrays.fill(content, (byte) version);
        SegmentFile.write(
            publication.file("file-" + file + ".graph"),
            "OMENTEST",
            1,
            new UUID(1, 1),
            new long[0],
            MemorySegment.ofArray(content));
      }
      UUID indexId = UUID.fromString(publication.stagingDirectory().getFileName().toString());
      publication.publish(
          new Manifest(
              "test",
              indexId,
              1 + version,
              1,
              ElementType.UINT8,
              Metric.SQUARED_L2,
              new TreeMap<>(),
              new TreeMap<>()));
    }
    assertEquals(version, readVersion(directory));
    assertFalse(Files.exists(directory.resolve(DirectoryLock.FILE)));
    if (storage instanceof ForgetfulStorage(Storage disk, _, _, _) && disk.equals(Storage.disk())) {
      assertEquals(2, Storage.disk().list(directory).size(), "the manifest and one directory");
    }
  }

  private static Publication begin(Storage storage, Path directory) throws IOException {
    try {
      return Publication.begin(storage, directory, UUID.randomUUID(), true);
    } catch (FileAlreadyExistsException e) {
      throw new AssertionError("what a crash has left is taken for somebody else's", e);
    }
  }

  private static int readVersion(Path directory) throws IOException {
    requireMarks(directory);
    if (!Files.exists(directory.resolve(Manifest.FILE))) {
      return CrashRounds.NOTHING;
    }
    Manifest manifest = Manifest.read(directory);
    Publication.checkLengths(directory, manifest);
    for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
      Path file = Publication.filesOf(directory, manifest.indexId()).resolve(entry.getKey());
      CRC32C crc = new CRC32C();
      crc.update(Files.readAllBytes(file));
      assertEquals(entry.getValue().crc32c(), (int) crc.getValue(), file::toString);
    }
    assertEquals(manifest.count(), manifest.files().size());
    return (int) manifest.count() - 1;
  }

  // Whatever is no part of the index that is there can be told from what builds did not make.
  private static void requireMarks(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    String published =
        Files.exists(directory.resolve(Manifest.FILE))
            ? IndexDirectory.publishedId(directory)
            : "none";
    for (Path entry : Storage.disk().list(directory)) {
      assertTrue(
          !Files.isDirectory(entry)
              || entry.endsWith(published)
              || StagingDirectory.isMarked(entry)
              || StagingDirectory.isUnmarked(Storage.disk(), entry),
          () -> "no mark: " + entry);
    }
  }

  /// Leaves one of the steps out that make a publication lasting.
  private record ForgetfulStorage(
      Storage storage, Path directory, Sync leftOut, AtomicReference<Sync> next)
      implements Storage {
    ForgetfulStorage(Storage storage, Path directory, Sync leftOut) {
      this(storage, directory, leftOut, new AtomicReference<>(Sync.NONE));
    }

    @Override
    public StorageFile create(Path path, Access access) throws IOException {
      Sync kind = Sync.FILES;
      if (path.toString().endsWith(".manifest.tmp")) {
        kind = Sync.MANIFEST;
      } else if (path.endsWith(BuildMark.FILE)) {
        kind = Sync.MARK;
      }
      next.set(kind);
      StorageFile file = storage.create(path, access);
      return kind == leftOut ? new ForgetfulFile(file) : file;
    }

    @Override
    public void syncDirectory(Path synced) throws IOException {
      if (kind(synced, next.getAndSet(Sync.NONE)) != leftOut) {
        storage.syncDirectory(synced);
      }
    }

    // By what is synced and what was done before.
    private Sync kind(Path synced, Sync after) {
      if (synced.equals(directory)) {
        return after;
      }
      if (synced.toString().endsWith(".unmarked")) {
        return Sync.NAME_OF_THE_MARK;
      }
      if (synced.startsWith(directory)) {
        return switch (after) {
          case MARK -> Sync.NAME_OF_THE_MARK_OF_THE_OLD;
          case NAMES_OF_DELETED_FILES -> after;
          default -> Sync.NAMES_OF_FILES;
        };
      }
      return synced.equals(directory.getParent())
          ? Sync.NAME_OF_THE_INDEX
          : Sync.NAME_OF_THE_DIRECTORY_ABOVE;
    }

    @Override
    public StorageFile open(Path path) throws IOException {
      return storage.open(path);
    }

    @Override
    public void createDirectory(Path created) throws IOException {
      storage.createDirectory(created);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      next.set(
          to.endsWith(Manifest.FILE)
              ? Sync.NAME_OF_THE_MANIFEST
              : Sync.NAME_OF_A_RENAMED_DIRECTORY);
      storage.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
      next.set(Sync.NAMES_OF_DELETED_FILES);
      storage.delete(path);
    }

    @Override
    public List<Path> list(Path listed) throws IOException {
      return storage.list(listed);
    }

    @Override
    public DirectoryLock lock(Path locked) throws IOException {
      return storage.lock(locked);
    }
  }

  private record ForgetfulFile(StorageFile file) implements StorageFile {
    @Override
    public Path path() {
      return file.path();
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      return file.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
