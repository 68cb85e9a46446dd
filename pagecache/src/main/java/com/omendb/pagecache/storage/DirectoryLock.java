package com.omendb.pagecache.storage;

import com.omendb.errors.DirectoryLockedException;
import com.omendb.errors.LockOwner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The right to be the only writer of a directory.
///
/// Held as a lock of the operating system on the file `lock.omen` in it, which holds the owner's
/// name as text. The system releases it when the process ends, even if it is killed: a file that a
/// dead process left behind locks nothing. Closing deletes the file. Anything of that name that is
/// no lock is not touched. Thread-safe.
public final class DirectoryLock implements AutoCloseable {
  /// Name of the lock file.
  public static final String FILE = "lock.omen";

  // The system's locks belong to the process: they keep no thread of it out, and closing any file
  // descriptor of the lock file gives them up. So a directory that this process holds is known
  // here, and its lock file is not opened a second time.
  private static final Map<Path, LockOwner> HELD_HERE = new ConcurrentHashMap<>();

  private final Path directory;
  private final FileChannel locked;
  private final FileChannel byName; // closing it would give up the lock

  private boolean closed;

  private DirectoryLock(Path directory, FileChannel locked, FileChannel byName) {
    this.directory = directory;
    this.locked = locked;
    this.byName = byName;
  }

  static DirectoryLock acquire(Path directory) throws IOException {
    Path real = directory.toRealPath();
    LockOwner self = LockText.here();
    LockOwner holder = HELD_HERE.putIfAbsent(real, self);
    if (holder != null) {
      throw new DirectoryLockedException(directory, holder);
    }
    DirectoryLock lock = null;
    try {
      byte[] text = LockText.encode(self, UUID.randomUUID());
      while (lock == null) {
        lock = tryAcquire(real, text);
      }
      return lock;
    } finally {
      if (lock == null) {
        HELD_HERE.remove(real);
      }
    }
  }

  // Null if the file that was locked is not the one of that name any more, since its last owner has
  // deleted it: such a lock excludes no other writer.
  private static @Nullable DirectoryLock tryAcquire(Path directory, byte[] text)
      throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw notALock(file);
    }
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    FileChannel byName = null;
    boolean held = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new DirectoryLockedException(directory, LockText.decode(read(channel)));
      }
      if (!LockText.isLeftOver(read(channel)) || channel.size() > LockText.MAX_BYTES) {
        throw notALock(file);
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text), 0);
      byName = FileChannel.open(file, StandardOpenOption.READ);
      held = Arrays.equals(text, read(byName));
      return held ? new DirectoryLock(directory, channel, byName) : null;
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
      return null;
    } finally {
      if (!held) {
        closeAll(channel, byName);
      }
    }
  }

  private static FileSystemException notALock(Path file) {
    return new FileSystemException(
        file.toString(),
        null,
        "has the name of the lock file but is not a lock, so it was not changed");
  }

  private static byte[] read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LockText.MAX_BYTES);
    int length = Math.max(0, channel.read(text, 0));
    return Arrays.copyOf(text.array(), length);
  }

  private static void closeAll(@Nullable FileChannel... channels) throws IOException {
    for (FileChannel channel : channels) {
      if (channel != null) {
        channel.close();
      }
    }
  }

  /// Deletes the lock file and lets others in. A second call does nothing.
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      // While the lock is still held: afterwards the file may be that of another writer.
      Files.deleteIfExists(directory.resolve(FILE));
    } finally {
      try {
        closeAll(locked, byName);
      } finally {
        HELD_HERE.remove(directory);
      }
    }
  }
}
