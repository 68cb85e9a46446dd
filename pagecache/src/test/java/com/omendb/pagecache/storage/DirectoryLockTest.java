package com.omendb.pagecache.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.DirectoryLockedException;
import com.omendb.errors.LockOwner;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: a directory has one holder at a time, among threads and among processes; whoever is
/// refused is told who holds it; a dead holder keeps nobody out; nothing is left after closing.
class DirectoryLockTest {
  @TempDir Path directory;

  /// Holds the lock of a directory until its input ends.
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (DirectoryLock _ = DirectoryLock.acquire(Path.of(arguments[0]))) {
        System.out.println("held");
        while (System.in.read() >= 0) {}
      }
      System.out.println("released");
    }
  }

  @Test
  void anotherThreadIsToldTheOwner() throws Exception {
    Instant before = Instant.now().minusSeconds(1);
    DirectoryLock lock = DirectoryLock.acquire(directory);
    // Twice: being refused must not give up the lock either.
    for (int i = 0; i < 2; i++) {
      DirectoryLockedException refusal =
          assertThrows(
              DirectoryLockedException.class,
              () -> DirectoryLock.acquire(directory.resolve("../" + directory.getFileName())));
      LockOwner owner = refusal.owner();
      assertNotNull(owner);
      assertEquals(ProcessHandle.current().pid(), owner.pid());
      assertFalse(owner.host().isBlank());
      assertTrue(
          owner.since().isAfter(before.minusSeconds(1)) && !owner.since().isAfter(Instant.now()));
      assertTrue(
          String.valueOf(refusal.getMessage())
              .contains("process " + owner.pid() + " on " + owner.host()));
    }
    lock.close();
    lock.close();
    assertFalse(Files.exists(directory.resolve(DirectoryLock.FILE)));
    DirectoryLock.acquire(directory).close();
  }

  @Test
  void anotherProcessIsKeptOutAndToldTheOwnerUntilItDies() throws Exception {
    Process process = start();
    try (BufferedReader out = process.inputReader()) {
      assertEquals("held", out.readLine());
      DirectoryLockedException refusal =
          assertThrows(DirectoryLockedException.class, () -> DirectoryLock.acquire(directory));
      LockOwner owner = refusal.owner();
      assertNotNull(owner);
      assertEquals(process.pid(), owner.pid());
      process.destroyForcibly().waitFor();
    }
    assertTrue(Files.exists(directory.resolve(DirectoryLock.FILE)), "it was killed");
    DirectoryLock lock = DirectoryLock.acquire(directory);
    // The other way round, and with an end that is not a death.
    Process refused = start();
    try (BufferedReader errors = refused.errorReader()) {
      assertTrue(errors.lines().anyMatch(line -> line.contains("is being written by process")));
    }
    assertTrue(refused.waitFor() != 0);
    lock.close();
    Process second = start();
    try (BufferedReader out = second.inputReader()) {
      assertEquals("held", out.readLine());
      second.outputWriter().close();
      assertEquals("released", out.readLine());
    }
    assertEquals(0, second.waitFor());
    assertFalse(Files.exists(directory.resolve(DirectoryLock.FILE)));
  }

  @Test
  void aFileThatADeadOwnerLeftKeepsNobodyOut() throws Exception {
    for (String left : new String[] {"", "p", "pid=1\nhost=elsewhere\n", "\0\0"}) {
      Files.writeString(directory.resolve(DirectoryLock.FILE), left);
      DirectoryLock.acquire(directory).close();
      assertFalse(Files.exists(directory.resolve(DirectoryLock.FILE)));
    }
  }

  @Test
  void whatIsNoLockIsNotTouched() throws Exception {
    Path file = directory.resolve(DirectoryLock.FILE);
    for (String text : new String[] {"x", "pie", "x".repeat(5000), "pid=" + "1".repeat(5000)}) {
      Files.writeString(file, text);
      assertThrows(FileSystemException.class, () -> DirectoryLock.acquire(directory));
      assertEquals(text, Files.readString(file));
      Files.delete(file);
    }
    Path linked = Files.writeString(directory.resolve("thesis.txt"), "");
    Files.createSymbolicLink(file, linked);
    assertThrows(FileSystemException.class, () -> DirectoryLock.acquire(directory));
    Files.delete(file);
    assertTrue(Files.exists(linked));
    Files.createDirectory(file);
    assertThrows(FileSystemException.class, () -> DirectoryLock.acquire(directory));
    Files.delete(file);
    DirectoryLock.acquire(directory).close();
  }

  @Test
  void ofManyThreadsOneAtATimeHoldsIt() throws Exception {
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger times = new AtomicInteger();
    Callable<Boolean> worker =
        () -> {
          for (int i = 0; i < 200; i++) {
            try (DirectoryLock _ = DirectoryLock.acquire(directory)) {
              assertEquals(1, holders.incrementAndGet());
              times.incrementAndGet();
              holders.decrementAndGet();
            } catch (DirectoryLockedException e) {
              assertNotNull(e.owner());
            }
          }
          return true;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        workers.add(threads.submit(worker));
      }
      for (Future<Boolean> future : workers) {
        assertTrue(future.get());
      }
    }
    assertTrue(times.get() >= 1);
    assertFalse(Files.exists(directory.resolve(DirectoryLock.FILE)));
  }

  @Test
  void aDirectoryThatIsNotThereCannotBeLocked() {
    Path none = directory.resolve("none");
    assertThrows(NoSuchFileException.class, () -> DirectoryLock.acquire(none));
    assertThrows(NoSuchFileException.class, () -> DirectoryLock.acquire(none));
  }

  @Test
  void halfAnOwnersTextIsNobody() {
    byte[] whole = LockText.encode(LockText.here(), new UUID(1, 2));
    for (int length = 0; length < whole.length; length++) {
      LockOwner read = LockText.decode(Arrays.copyOf(whole, length));
      assertTrue(read == null || length > whole.length - 60, () -> "length of " + read);
    }
    assertNotNull(LockText.decode(whole));
    assertNull(LockText.decode("pid=x\nhost=h\nsince=now\n".getBytes(StandardCharsets.UTF_8)));
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            directory.toString())
        .start();
  }
}
