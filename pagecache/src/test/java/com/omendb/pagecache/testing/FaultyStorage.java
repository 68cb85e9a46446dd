package com.omendb.pagecache.testing;

import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A storage on which things go wrong, for tests of what is left after them.
///
/// Operations happen to real files below one directory, so that anything else can read these, and
/// to a model of what of them would last on the disk: content from [StorageFile#force] on, names
/// from [Storage#syncDirectory] on. After the crash that [Faults] ask for every operation fails,
/// and [#reboot] writes one of the states that the disk may be in, drawn with the generator given:
/// the same generator and the same operations give the same state. Thread-safe.
public final class FaultyStorage implements Storage {
  private static final int ALIGNMENT = 4096;

  private final Path root;
  private final Faults faults;
  private final RandomGenerator random;
  private final ModelDirectory model;
  private final List<String> trace = new ArrayList<>();
  private final Map<Path, DirectoryLock> locks = new HashMap<>();
  private long freeBytes;
  private boolean crashed;

  /// A storage over what is in a directory now, all of which lasts.
  ///
  /// @param root every path lies below it
  public FaultyStorage(Path root, Faults faults, RandomGenerator random) throws IOException {
    this.root = root.toAbsolutePath();
    this.faults = faults;
    this.random = random;
    this.freeBytes = faults.diskBytes();
    this.model = read(root);
  }

  private static ModelDirectory read(Path directory) throws IOException {
    ModelDirectory model = new ModelDirectory();
    for (Path entry : Storage.disk().list(directory)) {
      model.addDurable(
          name(entry),
          Files.isDirectory(entry) ? read(entry) : new ModelFile(Files.readAllBytes(entry)));
    }
    return model;
  }

  /// Operations so far.
  public synchronized long operations() {
    return trace.size();
  }

  /// The operations so far, one a line, for messages.
  public synchronized String trace() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < trace.size(); i++) {
      lines.append(i).append(' ').append(trace.get(i)).append('\n');
    }
    return lines.toString();
  }

  /// Whether the machine has crashed.
  public synchronized boolean crashed() {
    return crashed;
  }

  /// Crashes the machine if it has not crashed, and writes what is on its disk afterwards.
  ///
  /// @param target a directory that does not exist
  public synchronized void reboot(Path target) throws IOException {
    crashed = true;
    for (DirectoryLock lock : locks.values()) {
      lock.close();
    }
    write(model, target);
    for (Path locked : locks.keySet()) {
      Path left = target.resolve(root.relativize(locked));
      if (Files.isDirectory(left) && random.nextBoolean()) {
        Files.writeString(left.resolve(DirectoryLock.FILE), "pid=1\nhost=of-the-crash\n");
      }
    }
  }

  private void write(ModelDirectory directory, Path target) throws IOException {
    Files.createDirectory(target);
    for (Map.Entry<String, ModelNode> entry : directory.afterCrash(random).entrySet()) {
      Path path = target.resolve(entry.getKey());
      switch (entry.getValue()) {
        case ModelDirectory child -> write(child, path);
        case ModelFile file -> Files.write(path, file.afterCrash(random));
      }
    }
  }

  @Override
  public synchronized StorageFile create(Path path, Access access) throws IOException {
    ModelDirectory parent = parent(path);
    boolean fails = begin("create " + relative(path) + " " + access);
    requireRoom();
    if (fails) {
      throw inputOutputError();
    }
    // Nothing is ever forced to the real disk: the model says what lasts.
    StorageFile real = Storage.disk().create(path, Access.CACHED);
    ModelFile file = new ModelFile(new byte[0]);
    parent.add(name(path), file);
    return new OpenFile(real, file, access);
  }

  @Override
  public synchronized StorageFile open(Path path) throws IOException {
    ModelDirectory parent = parent(path);
    if (begin("open " + relative(path))) {
      throw inputOutputError();
    }
    StorageFile real = Storage.disk().open(path);
    if (!(parent.get(name(path)) instanceof ModelFile file)) {
      throw new IllegalStateException("written past the storage: path=" + path);
    }
    return new OpenFile(real, file, Access.CACHED);
  }

  @Override
  public synchronized void createDirectory(Path directory) throws IOException {
    ModelDirectory parent = parent(directory);
    boolean fails = begin("create directory " + relative(directory));
    requireRoom();
    if (!fails || random.nextBoolean()) {
      Storage.disk().createDirectory(directory);
      parent.add(name(directory), new ModelDirectory());
    }
    if (fails) {
      throw inputOutputError();
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    ModelDirectory parent = parent(from);
    if (parent != parent(to)) {
      throw new IllegalArgumentException("of another directory: to=" + to);
    }
    boolean fails = begin("rename " + relative(from) + " to " + name(to));
    if (!fails || random.nextBoolean()) {
      Storage.disk().rename(from, to);
      parent.rename(name(from), name(to));
    }
    if (fails) {
      throw inputOutputError();
    }
  }

  @Override
  public synchronized void link(Path existing, Path link) throws IOException {
    ModelDirectory parent = parent(link);
    if (!(parent(existing).get(name(existing)) instanceof ModelFile file)) {
      throw new NoSuchFileException(existing.toString());
    }
    boolean fails = begin("link " + relative(existing) + " as " + relative(link));
    requireRoom();
    if (!fails || random.nextBoolean()) {
      Storage.disk().link(existing, link);
      parent.add(name(link), file);
    }
    if (fails) {
      throw inputOutputError();
    }
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    ModelDirectory parent = parent(path);
    boolean fails = begin("delete " + relative(path));
    if (!fails || random.nextBoolean()) {
      long bytes = Files.isRegularFile(path) ? Files.size(path) : 0;
      Storage.disk().delete(path);
      parent.remove(name(path));
      // Not beyond the room that there was, and no overflow: older files count for nothing.
      freeBytes += Math.min(bytes, faults.diskBytes() - freeBytes);
    }
    if (fails) {
      throw inputOutputError();
    }
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    ModelDirectory synced = directory(directory);
    if (begin("sync " + relative(directory))) {
      throw inputOutputError();
    }
    synced.sync();
  }

  @Override
  public synchronized List<Path> list(Path directory) throws IOException {
    if (begin("list " + relative(directory))) {
      throw inputOutputError();
    }
    return Storage.disk().list(directory);
  }

  @Override
  public synchronized DirectoryLock lock(Path directory) throws IOException {
    if (begin("lock " + relative(directory))) {
      throw inputOutputError();
    }
    DirectoryLock lock = Storage.disk().lock(directory);
    locks.put(directory.toAbsolutePath(), lock);
    return lock;
  }

  // Counts an operation; true if it is to fail.
  private boolean begin(String operation) throws SimulatedCrashException {
    if (crashed || trace.size() >= faults.crashAt()) {
      crashed = true;
      throw new SimulatedCrashException(operation);
    }
    boolean fails = faults.failsAt(trace.size());
    trace.add(fails ? operation + ": fails" : operation);
    return fails;
  }

  private void requireRoom() throws IOException {
    if (freeBytes <= 0) {
      throw diskFull();
    }
  }

  private IOException diskFull() {
    trace.set(trace.size() - 1, trace.getLast() + ": disk full");
    return new IOException("No space left on device (injected)");
  }

  private static IOException inputOutputError() {
    return new IOException("Input/output error (injected)");
  }

  private Path relative(Path path) {
    return root.relativize(path.toAbsolutePath());
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private ModelDirectory parent(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("a root: path=" + path);
    }
    return directory(parent);
  }

  private ModelDirectory directory(Path path) {
    ModelDirectory directory = model;
    for (Path name : relative(path)) {
      if (name.toString().isEmpty()) {
        continue;
      }
      if (!(directory.get(name.toString()) instanceof ModelDirectory child)) {
        throw new IllegalStateException("not made through the storage: path=" + path);
      }
      directory = child;
    }
    return directory;
  }

  private final class OpenFile implements StorageFile {
    private final StorageFile real;
    private final ModelFile file;
    private final Access access;

    OpenFile(StorageFile real, ModelFile file, Access access) {
      this.real = real;
      this.file = file;
      this.access = access;
    }

    @Override
    public Path path() {
      return real.path();
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      synchronized (FaultyStorage.this) {
        String operation =
            "write %s at %d, %d bytes".formatted(relative(path()), position, bytes.remaining());
        if (access == Access.DIRECT
            && (position % ALIGNMENT != 0 || bytes.remaining() % ALIGNMENT != 0)) {
          throw new IllegalStateException("not aligned for direct access: " + operation);
        }
        boolean fails = begin(operation);
        int count = transferred(bytes.remaining());
        int room = whole((int) Math.min(count, Math.max(0, freeBytes)));
        byte[] part = new byte[fails ? whole(random.nextInt(room + 1)) : room];
        bytes.get(part);
        if (part.length > 0) {
          real.writeFully(ByteBuffer.wrap(part), position);
          file.write(position, part);
          freeBytes -= part.length;
        }
        if (fails) {
          throw inputOutputError();
        }
        if (room == 0 && count > 0) {
          throw diskFull();
        }
        return part.length;
      }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      synchronized (FaultyStorage.this) {
        if (begin("read " + relative(path()) + " at " + position)) {
          throw inputOutputError();
        }
        int limit = target.limit();
        target.limit(target.position() + transferred(target.remaining()));
        try {
          return real.read(target, position);
        } finally {
          target.limit(limit);
        }
      }
    }

    private int transferred(int bytes) {
      if (!faults.shortTransfers() || bytes == 0 || random.nextBoolean()) {
        return bytes;
      }
      int part = whole(1 + random.nextInt(bytes));
      return part == 0 ? bytes : part;
    }

    // Direct transfers end at whole sectors.
    private int whole(int bytes) {
      return switch (access) {
        case CACHED -> bytes;
        case DIRECT -> bytes / ALIGNMENT * ALIGNMENT;
      };
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public void force() throws IOException {
      synchronized (FaultyStorage.this) {
        if (begin("force " + relative(path()))) {
          file.failToForce(random);
          throw inputOutputError();
        }
        file.force();
      }
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
