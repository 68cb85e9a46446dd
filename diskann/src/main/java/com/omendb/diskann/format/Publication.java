package com.omendb.diskann.format;

import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.UnsupportedFormatException;
import com.omendb.pagecache.storage.DirectoryLock;
import com.omendb.pagecache.storage.DirectoryLockedException;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The writing of one index: its files go into a sub-directory of their own, and the renaming of
/// the manifest makes them the index.
///
/// ```
/// index/
///   manifest.omen          names one indexId: the published index
///   <indexId>/             its files
///   <other indexId>/       being built, or left by a build that was killed; nobody reads it
/// ```
///
/// Until [#publish] an older index in the directory is whole and can be opened; after it the older
/// files are deleted. Closing without publishing, or the end of the process, deletes what was
/// written. From beginning to closing the directory is locked against other writers. Not
/// thread-safe.
///
/// What a crash of the machine leaves is the older index or the new one, whole, because each step
/// is made lasting before the next begins: the files, their names, the name of their directory and
/// those of the directories above, the manifest under a temporary name, its renaming, and only then
/// the deletion of the older files.
public final class Publication implements AutoCloseable {
  private static final Pattern INDEX_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Storage storage;
  private final Path directory;
  private final Path staging;
  private final UUID indexId;
  private final DirectoryLock lock;
  private final boolean createdDirectory;
  private final Thread cleanUpAtExit = new Thread(this::deleteQuietly, "omen-build-clean-up");
  private boolean published;
  private boolean deletedAtExit;
  private boolean closed;

  private Publication(
      Storage storage, Path directory, UUID indexId, DirectoryLock lock, boolean createdDirectory)
      throws IOException {
    this.storage = storage;
    this.directory = directory;
    this.indexId = indexId;
    this.lock = lock;
    this.createdDirectory = createdDirectory;
    this.staging = filesOf(directory, indexId);
    storage.createDirectory(staging);
    Runtime.getRuntime().addShutdownHook(cleanUpAtExit);
  }

  /// Begins an index in a directory of this machine, which is created if it does not exist.
  ///
  /// @param overwrite whether an index that is there may be replaced
  /// @throws FileAlreadyExistsException if there is an index and it may not be replaced, or
  ///   something that is not an index, which is never touched
  /// @throws DirectoryLockedException if somebody else is writing into the directory
  public static Publication begin(Path directory, UUID indexId, boolean overwrite)
      throws IOException {
    return begin(Storage.disk(), directory, indexId, overwrite);
  }

  /// The same in any storage.
  public static Publication begin(Storage storage, Path directory, UUID indexId, boolean overwrite)
      throws IOException {
    checkTarget(directory, overwrite);
    boolean create = !Files.exists(directory);
    if (create) {
      createDirectories(storage, directory);
    }
    Publication begun = null;
    DirectoryLock lock = null;
    try {
      lock = storage.lock(directory);
      checkTarget(directory, overwrite);
      deleteLeftovers(storage, directory);
      begun = new Publication(storage, directory, indexId, lock, create);
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
      deleteIfEmpty(storage, directory);
    }
  }

  // Each name is made lasting in the directory that holds it.
  private static void createDirectories(Storage storage, Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !Files.exists(parent)) {
      createDirectories(storage, parent);
    }
    try {
      storage.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster; whose index it will be, the lock decides.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    if (parent != null) {
      storage.syncDirectory(parent);
    }
  }

  /// Fails as [#begin] would, and changes nothing.
  public static void checkTarget(Path directory, boolean overwrite) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new FileAlreadyExistsException(
          directory.toString(), null, "exists and is not a directory");
    }
    if (Files.exists(directory.resolve(Manifest.FILE))) {
      if (!overwrite) {
        throw new FileAlreadyExistsException(
            directory.toString(), null, "holds an index already; overwrite is off");
      }
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      Path foreign = entries.filter(entry -> !isOurs(entry)).findAny().orElse(null);
      if (foreign != null) {
        throw new FileAlreadyExistsException(
            directory.toString(),
            null,
            "is not empty and not an index, so it is not touched: found " + foreign.getFileName());
      }
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

  /// Where a file of the new index is to be written.
  public FileTarget file(String name) {
    return storage.file(staging.resolve(name));
  }

  /// Makes what was written the index of the directory. The manifest's files are those that were
  /// written; the ones passed in it are ignored.
  public Manifest publish(Manifest manifest) throws IOException {
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    for (Path file : storage.list(staging)) {
      files.put(file.getFileName().toString(), entry(file));
    }
    Manifest complete =
        new Manifest(
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

  private void finish(Manifest complete) throws IOException {
    storage.syncDirectory(staging);
    storage.syncDirectory(directory);
    syncParent();
    publishManifest(complete);
    forgetCleanUp();
    deleteOlder();
  }

  // The clean-up at the end of the process comes wholly before or wholly after this.
  private synchronized void publishManifest(Manifest complete) throws IOException {
    if (deletedAtExit) {
      throw new IOException("the process is ending; nothing was published: path=" + directory);
    }
    complete.stage(storage, directory);
    try {
      Manifest.renameStaged(storage, directory);
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
    String publishedId = publishedId(directory);
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
      deleteOthers(storage, directory, List.of(indexId.toString()));
    } catch (IOException e) {
      LogCode.OLD_FILES_STAY.log(directory, e.toString());
    }
  }

  /// Checks that the files of an index exist with the lengths that its manifest names.
  public static void checkLengths(Path directory, Manifest manifest) throws IOException {
    for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
      Path file = filesOf(directory, manifest.indexId()).resolve(entry.getKey());
      long expected = entry.getValue().length();
      String actual = Files.isRegularFile(file) ? Files.size(file) + " bytes" : "no such file";
      if (!actual.equals(expected + " bytes")) {
        throw new CorruptFileException(
            "file of the index is damaged", file, 0, expected + " bytes", actual);
      }
    }
  }

  /// Deletes what was written if it was not published, and lets other writers in. A second call
  /// does nothing.
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
        delete();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up after a build: " + staging, e);
    }
  }

  private void delete() throws IOException {
    try {
      deleteTree(storage, staging);
      storage.delete(Manifest.staged(directory));
    } finally {
      abandon(storage, directory, lock, createdDirectory);
    }
  }

  // At the end of the process, when workers may still be writing: what cannot be deleted now, the
  // next build deletes.
  private synchronized void deleteQuietly() {
    if (published) {
      return;
    }
    deletedAtExit = true;
    try {
      delete();
    } catch (IOException _) {
      // Nobody is left to tell.
    }
  }

  private void forgetCleanUp() {
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUpAtExit);
    } catch (IllegalStateException _) {
      // The process is ending, and the hook does what is needed.
    }
  }

  // What builds that were killed left behind. Beside a manifest that cannot be read nothing is
  // deleted before there is another index: its files may be all that is left of this one.
  private static void deleteLeftovers(Storage storage, Path directory) throws IOException {
    List<String> keep = List.of();
    if (Files.exists(directory.resolve(Manifest.FILE))) {
      String publishedId = publishedId(directory);
      if (publishedId.isEmpty()) {
        return;
      }
      keep = List.of(publishedId);
    }
    storage.delete(Manifest.staged(directory));
    deleteOthers(storage, directory, keep);
  }

  private static String publishedId(Path directory) throws IOException {
    try {
      return Manifest.read(directory).indexId().toString();
    } catch (CorruptFileException _) {
      return "";
    } catch (UnsupportedFormatException _) {
      return Manifest.indexIdOfAnyVersion(directory);
    }
  }

  private static boolean isOurs(Path entry) {
    String name = entry.getFileName().toString();
    return INDEX_ID.matcher(name).matches()
        || name.equals(DirectoryLock.FILE)
        || name.equals(Manifest.STAGED_FILE);
  }

  private static void deleteOthers(Storage storage, Path directory, List<String> keep)
      throws IOException {
    for (Path entry : storage.list(directory)) {
      String name = entry.getFileName().toString();
      if (INDEX_ID.matcher(name).matches() && !keep.contains(name)) {
        deleteTree(storage, entry);
      }
    }
  }

  private static void deleteTree(Storage storage, Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    for (Path file : storage.list(directory)) {
      storage.delete(file);
    }
    storage.delete(directory);
  }

  private static void deleteIfEmpty(Storage storage, Path directory) throws IOException {
    try {
      storage.delete(directory);
    } catch (DirectoryNotEmptyException _) {
      // Another build has begun there.
    }
  }

  private Manifest.FileEntry entry(Path path) throws IOException {
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
