package com.omendb.store.directory;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.DirectoryLockedException;
import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.vectors.Progress;
import com.omendb.vectors.files.PathCheck;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The writing of one index: its files go into a sub-directory of their own, and the renaming of
/// the manifest makes them the index.
///
/// ```
/// index/
///   manifest.omen          names one indexId: the published index
///   <indexId>/             its files
///   <other indexId>/       with a mark: being built, or left by a build that was killed
///   <other indexId>.manifest.tmp
///                          its manifest, before it gets its name
/// ```
///
/// Until [#publish] an older index in the directory is whole and can be opened; after it the older
/// files are deleted. Closing without publishing, or the end of the process, deletes what was
/// written, unless a later build can go on with it ([#keepIf]). From beginning to closing the
/// directory is locked against other writers. Not thread-safe.
///
/// Nothing is deleted but files of the names that builds write, in directories that bear the mark
/// of a build ([BuildMark]): a build marks its own before it writes the first file, and that of the
/// older index before it takes its place. The mark of the index that is published is taken away.
///
/// What a crash of the machine leaves is the older index or the new one, whole, because each step
/// is made lasting before the next begins: the name of the directory of the files, the files, their
/// names and those of the directories above, the mark of the older files, the manifest under a
/// temporary name, its renaming, and only then the deletion of the older files.
public final class Publication implements AutoCloseable {
  /// File in a staging directory that says what of the index is finished; no part of the index.
  public static final String STATE_FILE = "build.state";

  private final Storage storage;
  private final Path directory;
  private final Path staging;
  private final UUID indexId;
  private final DirectoryLock lock;
  private final boolean createdDirectory;
  private final Set<String> written = new TreeSet<>();
  private final Thread cleanUpAtExit = new Thread(this::deleteQuietly, "omen-build-clean-up");
  private volatile BooleanSupplier worthKeeping = () -> false;
  private volatile Runnable keptNotice = () -> {};
  private @Nullable Path markedAsReplaced;
  private boolean published;
  private boolean ended;
  private boolean closed;

  /// What becomes of the builds that were cut short in a directory.
  ///
  /// @param indexId id of the index to build
  /// @param takesOver whether its own staging directory is there and stays as it is
  /// @param spared those that are not deleted before the index is published
  public record Choice(UUID indexId, boolean takesOver, Set<UUID> spared) {}

  /// Decides what becomes of the builds that were cut short in a directory.
  public interface Chooser {
    /// Called once, when the directory is locked.
    ///
    /// @param staged their staging directories
    Choice choose(Storage storage, List<Path> staged) throws IOException;
  }

  private Publication(
      Storage storage, Path directory, Choice choice, DirectoryLock lock, boolean createdDirectory)
      throws IOException {
    this.storage = storage;
    this.directory = directory;
    this.indexId = choice.indexId();
    this.lock = lock;
    this.createdDirectory = createdDirectory;
    this.staging = filesOf(directory, indexId);
    if (choice.takesOver()) {
      storage.delete(Manifest.staged(directory, indexId));
    } else {
      StagingDirectory.create(storage, staging);
    }
    Runtime.getRuntime().addShutdownHook(cleanUpAtExit);
  }

  /// Begins an index in a directory of this machine, which is created if it does not exist.
  ///
  /// @param overwrite whether an index that is there may be replaced
  /// @throws FileAlreadyExistsException if there is an index and it may not be replaced, or the
  ///   index of this id, or something that is not an index, which is never touched
  /// @throws DirectoryLockedException if another process or thread is writing into the directory
  public static Publication begin(Path directory, UUID indexId, boolean overwrite)
      throws IOException {
    return begin(Storage.disk(), directory, indexId, overwrite);
  }

  /// The same in any storage.
  public static Publication begin(Storage storage, Path directory, UUID indexId, boolean overwrite)
      throws IOException {
    return begin(storage, directory, overwrite, (_, _) -> new Choice(indexId, false, Set.of()));
  }

  /// The same, with a say in what becomes of builds that were cut short; by default they are
  /// deleted.
  public static Publication begin(
      Storage storage, Path directory, boolean overwrite, Chooser chooser) throws IOException {
    checkTarget(directory, overwrite);
    boolean create =
        !Files.exists(directory) && IndexDirectory.createDirectories(storage, directory);
    Publication begun = null;
    DirectoryLock lock = null;
    try {
      lock = storage.lock(directory);
      checkTarget(directory, overwrite);
      Choice choice = chooser.choose(storage, IndexDirectory.unfinished(storage, directory));
      IndexDirectory.deleteLeftovers(storage, directory, choice);
      begun = new Publication(storage, directory, choice, lock, create);
      return begun;
    } finally {
      if (begun == null) {
        abandon(storage, directory, lock, create);
      }
    }
  }

  private static void abandon(
      Storage storage, Path directory, @Nullable DirectoryLock lock, boolean created)
      throws IOException {
    if (lock != null) {
      lock.close();
    }
    if (created) {
      IndexDirectory.deleteIfEmpty(storage, directory);
    }
  }

  /// Fails as [#begin] would, and changes nothing.
  public static void checkTarget(Path directory, boolean overwrite) throws IOException {
    Path existing = directory.toAbsolutePath();
    if (PathCheck.exists(directory)) {
      IndexDirectory.checkTarget(directory, overwrite);
    } else {
      while (!PathCheck.exists(existing) && existing.getParent() != null) {
        existing = existing.getParent();
      }
      PathCheck.requireFolder(existing);
    }
    if (!Files.isWritable(existing)) {
      throw new AccessDeniedException(existing.toString());
    }
  }

  /// The directory of an index's files.
  public static Path filesOf(Path directory, UUID indexId) {
    return directory.resolve(indexId.toString());
  }

  /// Where files of the new index are written, and scratch files may be that are gone by the end.
  public Path stagingDirectory() {
    return staging;
  }

  /// Keeps what was written when this is closed, or the process ends, without publishing.
  ///
  /// @param worth asked then whether there is anything that a later build can go on with; from any
  ///   thread
  /// @param notice called then, if there is
  public void keepIf(BooleanSupplier worth, Runnable notice) {
    keptNotice = notice;
    worthKeeping = worth;
  }

  /// The place for a file of the new index.
  ///
  /// @throws IllegalArgumentException if no part of an index may have the name
  public FileTarget file(String name) {
    StagingDirectory.requirePartName(name);
    written.add(name);
    return storage.file(staging.resolve(name));
  }

  /// The names of all files that were asked for here. What else is in the directory is not of the
  /// new index.
  public Set<String> written() {
    return Collections.unmodifiableSet(written);
  }

  /// Makes what was written the index of the directory.
  ///
  /// @param manifest of this index, without files: those that were written are added
  /// @throws IllegalArgumentException if it is of another index, or names files
  public Manifest publish(Manifest manifest) throws IOException {
    return publish(manifest, Map.of());
  }

  /// The same, with lengths and checksums that need not be found out again.
  public Manifest publish(Manifest manifest, Map<String, Manifest.FileEntry> known)
      throws IOException {
    if (!manifest.indexId().equals(indexId) || !manifest.files().isEmpty()) {
      throw new IllegalArgumentException(
          "the manifest is of another index, or names files: indexId=%s, files=%s, published=%s"
              .formatted(manifest.indexId(), manifest.files().keySet(), indexId));
    }
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>(known);
    for (String name : written) {
      if (!files.containsKey(name)) {
        files.put(name, entry(storage, staging.resolve(name)));
      }
    }
    Manifest complete =
        new Manifest(
            manifest.formatVersion(),
            manifest.kind(),
            indexId,
            manifest.count(),
            manifest.dimension(),
            manifest.elementType(),
            manifest.metric(),
            manifest.settings(),
            files);
    finish(complete);
    return complete;
  }

  /// Makes what was written the index of the directory if it is exactly what a manifest says, to
  /// the last byte, as the files are read back.
  ///
  /// @throws CorruptFileException if a file is missing, is not named by the manifest or differs
  public void publishExactly(Manifest manifest, Progress progress) throws IOException {
    progress.phase(
        "verify", manifest.files().values().stream().mapToLong(Manifest.FileEntry::length).sum());
    for (String name : written) {
      Path file = staging.resolve(name);
      Manifest.FileEntry found = entry(storage, file);
      Manifest.FileEntry expected = manifest.files().get(name);
      if (!found.equals(expected)) {
        throw new CorruptFileException(
            "file is not what the manifest says",
            file,
            0,
            String.valueOf(expected),
            String.valueOf(found));
      }
      progress.advance(found.length());
    }
    if (!written.equals(manifest.files().keySet()) || !manifest.indexId().equals(indexId)) {
      throw new CorruptFileException(
          "files are not those of the manifest",
          staging,
          0,
          manifest.indexId() + " " + manifest.files().keySet(),
          indexId + " " + written);
    }
    finish(manifest);
  }

  private void finish(Manifest complete) throws IOException {
    storage.syncDirectory(staging);
    syncParent();
    markedAsReplaced = IndexDirectory.markReplaced(storage, directory);
    publishManifest(complete);
    forgetCleanUp();
    deleteOlder();
  }

  // The clean-up at the end of the process comes wholly before or wholly after this.
  private synchronized void publishManifest(Manifest complete) throws IOException {
    if (ended) {
      throw new IOException("the process is ending; nothing was published: path=" + directory);
    }
    complete.stage(storage, directory);
    try {
      complete.renameStaged(storage, directory);
      published = true;
    } catch (IOException e) {
      published = mayBePublished();
      throw e;
    }
    // From here on the manifest names these files: whatever fails now, close() must keep them.
    storage.syncDirectory(directory);
  }

  // Some file systems fail a renaming that has happened.
  private boolean mayBePublished() throws IOException {
    if (!Files.exists(directory.resolve(Manifest.FILE))) {
      return false;
    }
    String publishedId = IndexDirectory.publishedId(directory);
    return publishedId.isEmpty() || publishedId.equals(indexId.toString());
  }

  // The directory may be new since a process that was killed before it could do this.
  private void syncParent() throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try {
      storage.syncDirectory(parent);
    } catch (AccessDeniedException e) {
      LogCode.DIRECTORY_NOT_SYNCED.log(e, directory);
    }
  }

  // The new index is there: that the older one's files are too fails nothing, and the next build
  // tries again.
  private void deleteOlder() {
    try {
      storage.delete(staging.resolve(STATE_FILE));
      IndexDirectory.unmark(storage, staging);
      IndexDirectory.deleteOthers(storage, directory, List.of(indexId.toString()));
    } catch (IOException e) {
      LogCode.OLD_FILES_STAY.log(directory, e.toString());
    }
  }

  /// Deletes what builds have written into a staging directory, but for some files and what says
  /// what it is.
  public static void deleteWritten(Storage storage, Path staging, Set<String> keep)
      throws IOException {
    for (Path file : storage.list(staging)) {
      String name = file.getFileName().toString();
      if (!keep.contains(name)
          && !name.equals(STATE_FILE)
          && !name.equals(BuildMark.FILE)
          && StagingDirectory.isWritten(file)) {
        storage.delete(file);
      }
    }
  }

  /// Checks that the files of an index exist with the lengths that its manifest names.
  public static void checkLengths(Path directory, Manifest manifest) throws IOException {
    for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
      Path file = filesOf(directory, manifest.indexId()).resolve(entry.getKey());
      long expected = entry.getValue().length();
      BasicFileAttributes found = PathCheck.find(file);
      String actual =
          found != null && found.isRegularFile() ? found.size() + " bytes" : "no such file";
      if (!actual.equals(expected + " bytes")) {
        throw new CorruptFileException(
            "file of the index is damaged", file, 0, expected + " bytes", actual);
      }
    }
  }

  /// Deletes what was written, unless it was published or is kept for a later build, and releases
  /// the lock. A second call does nothing.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    forgetCleanUp();
    try {
      if (published) {
        lock.close();
      } else {
        keepOrDelete();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up after a build: " + staging, e);
    }
  }

  private void keepOrDelete() throws IOException {
    if (markedAsReplaced != null) {
      IndexDirectory.unmark(storage, markedAsReplaced);
    }
    if (worthKeeping.getAsBoolean()) {
      keptNotice.run();
      lock.close();
    } else {
      delete();
    }
  }

  // Whole even if the thread is interrupted, which ends waits for the device.
  private void delete() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      StagingDirectory.delete(storage, staging, written);
    } finally {
      abandon(storage, directory, lock, createdDirectory);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // At the end of the process, when workers may still be writing: what cannot be deleted now, the
  // next build deletes.
  private synchronized void deleteQuietly() {
    if (published) {
      return;
    }
    ended = true;
    try {
      keepOrDelete();
    } catch (IOException _) {
      // The process is ending: there is nowhere to report it.
    }
  }

  private void forgetCleanUp() {
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUpAtExit);
    } catch (IllegalStateException _) {
      // The process is ending, and the hook does what is needed.
    }
  }

  /// Length and checksum of a file, as it is read back.
  public static Manifest.FileEntry entry(Storage storage, Path path) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    try (StorageFile file = storage.open(path)) {
      long length = 0;
      while (file.read(buffer, length) >= 0) {
        buffer.flip();
        length += buffer.remaining();
        crc.update(buffer);
        buffer.clear();
      }
      return new Manifest.FileEntry(length, (int) crc.getValue());
    }
  }
}
