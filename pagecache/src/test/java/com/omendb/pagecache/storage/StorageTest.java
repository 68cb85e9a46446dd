package com.omendb.pagecache.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.DirectoryLockedException;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.Faults;
import com.omendb.pagecache.testing.FaultyStorage;
import com.omendb.pagecache.testing.SimulatedCrashException;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: the disk and the storage on which things go wrong do the same as long as nothing
/// goes wrong; after a crash what was forced and synced is there, and what was not is there, is
/// not, or is in part; one seed gives one outcome.
class StorageTest {
  private static final byte[] OLD = filled(1, 5000);
  private static final byte[] NEW = filled(2, 9000);

  @TempDir Path temporary;
  private Path root;
  private int reboots;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
  }

  @Test
  void bothDoWhatTheInterfaceSays() throws IOException {
    SplittableRandom random = Seeds.random("bothDoWhatTheInterfaceSays", 1);
    for (Storage storage :
        List.of(
            Storage.disk(),
            new FaultyStorage(root, Faults.NONE, random),
            new FaultyStorage(root, Faults.NONE.withShortTransfers(), random))) {
      Path directory = root.resolve("directory");
      storage.createDirectory(directory);
      assertThrows(FileAlreadyExistsException.class, () -> storage.createDirectory(directory));
      write(storage, directory.resolve("b"), OLD);
      assertThrows(
          FileAlreadyExistsException.class, () -> storage.file(directory.resolve("b")).create());
      write(storage, directory.resolve("a"), NEW);
      writeAligned(storage.file(directory.resolve("c")));
      assertEquals(
          List.of(directory.resolve("a"), directory.resolve("b"), directory.resolve("c")),
          storage.list(directory));
      assertArrayEquals(OLD, read(storage, directory.resolve("b")));
      storage.rename(directory.resolve("a"), directory.resolve("b"));
      storage.syncDirectory(directory);
      assertArrayEquals(NEW, read(storage, directory.resolve("b")));
      assertThrows(NoSuchFileException.class, () -> storage.open(directory.resolve("a")));
      assertThrows(DirectoryNotEmptyException.class, () -> storage.delete(directory));
      storage.delete(directory.resolve("a"));
      storage.delete(directory.resolve("b"));
      storage.delete(directory.resolve("c"));
      DirectoryLock lock = storage.lock(directory);
      assertThrows(DirectoryLockedException.class, () -> Storage.disk().lock(directory));
      lock.close();
      storage.delete(directory);
      assertFalse(Files.exists(directory));
    }
  }

  @Test
  void whatWasForcedAndSyncedOutlivesEveryCrash() throws IOException {
    SplittableRandom random = Seeds.random("whatWasForcedAndSyncedOutlivesEveryCrash", 2);
    for (int i = 0; i < 200; i++) {
      Path fresh = Files.createDirectory(temporary.resolve("fresh-" + i));
      FaultyStorage storage = new FaultyStorage(fresh, Faults.NONE, random);
      Path directory = fresh.resolve("directory");
      storage.createDirectory(directory);
      write(storage, directory.resolve("staged"), NEW);
      storage.rename(directory.resolve("staged"), directory.resolve("file"));
      storage.syncDirectory(directory);
      storage.syncDirectory(fresh);
      Path after = reboot(storage);
      assertArrayEquals(NEW, Files.readAllBytes(after.resolve("directory").resolve("file")));
      assertEquals(1, Storage.disk().list(after.resolve("directory")).size());
    }
  }

  @Test
  void whatWasNotMayBeLostWhollyOrInPart() throws IOException {
    SplittableRandom random = Seeds.random("whatWasNotMayBeLostWhollyOrInPart", 3);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      Path fresh = Files.createDirectory(temporary.resolve("fresh-" + i));
      Files.write(fresh.resolve("file"), OLD);
      FaultyStorage storage = new FaultyStorage(fresh, Faults.NONE, random);
      try (StorageFile staged = storage.file(fresh.resolve("staged")).create()) {
        staged.writeFully(ByteBuffer.wrap(NEW), 0);
      }
      storage.rename(fresh.resolve("staged"), fresh.resolve("file"));
      storage.createDirectory(fresh.resolve("directory"));
      Path after = reboot(storage);
      seen.add(Files.exists(after.resolve("directory")) ? "directory" : "no directory");
      Path staged = after.resolve("staged");
      assertTrue(Files.exists(after.resolve("file")), "a rename leaves the old or the new");
      byte[] content = Files.readAllBytes(after.resolve("file"));
      seen.add(
          Files.exists(staged)
              ? "created, not renamed"
              : Arrays.equals(content, OLD)
                  ? "old"
                  : Arrays.equals(content, NEW)
                      ? "new"
                      : content.length < NEW.length ? "shorter" : "torn");
    }
    assertEquals(
        Set.of(
            "directory", "no directory", "created, not renamed", "old", "new", "shorter", "torn"),
        seen);
  }

  @Test
  void aForceThatFailedLosesWhatALaterOneDoesNotBringBack() throws IOException {
    SplittableRandom random = Seeds.random("aForceThatFailedLosesWhatALaterOneDoesNot", 4);
    int lost = 0;
    for (int i = 0; i < 50; i++) {
      Path fresh = Files.createDirectory(temporary.resolve("fresh-" + i));
      FaultyStorage storage = new FaultyStorage(fresh, Faults.NONE.withFailures(2, 1), random);
      try (StorageFile file = storage.file(fresh.resolve("file")).create()) {
        file.writeFully(ByteBuffer.wrap(NEW), 0);
        assertThrows(IOException.class, file::force);
        file.force();
      }
      storage.syncDirectory(fresh);
      byte[] content = Files.readAllBytes(reboot(storage).resolve("file"));
      lost += Arrays.equals(NEW, content) ? 0 : 1;
    }
    assertTrue(lost > 5 && lost < 50, "lost=" + lost);
  }

  @Test
  void afterTheCrashNothingWorksAndOneSeedGivesOneOutcome() throws IOException {
    long seed = Seeds.seed("afterTheCrashNothingWorksAndOneSeedGivesOneOutcome", 5);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path fresh = Files.createDirectory(temporary.resolve("fresh-" + i));
      FaultyStorage storage =
          new FaultyStorage(
              fresh, Faults.NONE.withShortTransfers().withCrashAt(40), new SplittableRandom(seed));
      assertThrows(
          SimulatedCrashException.class,
          () -> {
            for (int file = 0; ; file++) {
              write(storage, fresh.resolve("file-" + file), NEW);
            }
          });
      assertTrue(storage.crashed());
      assertThrows(SimulatedCrashException.class, () -> storage.syncDirectory(fresh));
      assertThrows(SimulatedCrashException.class, () -> storage.list(fresh));
      Path after = reboot(storage);
      StringBuilder outcome = new StringBuilder(storage.trace());
      for (Path file : Storage.disk().list(after)) {
        outcome.append(file.getFileName()).append(Arrays.hashCode(Files.readAllBytes(file)));
      }
      outcomes.add(outcome.toString());
    }
    assertEquals(outcomes.getFirst(), outcomes.getLast());
  }

  @Test
  void aFullDiskTakesAPartAndHasRoomAgainAfterADeletion() throws IOException {
    SplittableRandom random = Seeds.random("aFullDiskTakesAPartAndHasRoomAgain", 6);
    FaultyStorage storage = new FaultyStorage(root, Faults.NONE.withDiskBytes(NEW.length), random);
    write(storage, root.resolve("first"), OLD);
    IOException full =
        assertThrows(IOException.class, () -> write(storage, root.resolve("second"), OLD));
    assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full::getMessage);
    assertEquals(NEW.length - OLD.length, Files.size(root.resolve("second")));
    storage.delete(root.resolve("first"));
    write(storage, root.resolve("third"), OLD);
  }

  private Path reboot(FaultyStorage storage) throws IOException {
    Path after = temporary.resolve("after-" + reboots++);
    storage.reboot(after);
    return after;
  }

  private static void write(Storage storage, Path path, byte[] content) throws IOException {
    try (StorageFile file = storage.file(path).create()) {
      file.writeFully(ByteBuffer.wrap(content), 0);
      file.force();
      assertEquals(content.length, file.size());
      assertEquals(path, file.path());
    }
  }

  private static byte[] read(Storage storage, Path path) throws IOException {
    try (StorageFile file = storage.open(path)) {
      ByteBuffer content = ByteBuffer.allocate((int) file.size());
      assertEquals(content.capacity(), file.readFully(content, 0));
      assertEquals(-1, file.read(ByteBuffer.allocate(1), content.capacity()));
      ByteBuffer beyond = ByteBuffer.allocate(10);
      assertEquals(4, file.readFully(beyond, content.capacity() - 4));
      return content.array();
    }
  }

  private static void writeAligned(FileTarget target) throws IOException {
    try (Arena arena = Arena.ofShared();
        StorageFile file = target.create(Storage.Access.DIRECT)) {
      MemorySegment pages = AlignedMemory.allocatePages(arena, 3, 4096);
      pages.fill((byte) 7);
      file.writeFully(pages.asByteBuffer(), 4096);
      file.force();
      assertEquals(4 * 4096, file.size());
    }
    byte[] content = Files.readAllBytes(target.path());
    assertEquals(0, content[4095]);
    assertEquals(
        -1,
        MemorySegment.ofArray(content)
            .asSlice(4096)
            .mismatch(MemorySegment.ofArray(filled(7, 3 * 4096))));
  }

  private static byte[] filled(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
