package com.omendb.diskann.format;

import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.UnsupportedFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

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
/// written. Not thread-safe.
public final class Publication implements AutoCloseable {
  private static final Pattern INDEX_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final Path directory;
  private final Path staging;
  private final UUID indexId;
  private final boolean createdDirectory;
  private final Thread cleanUpAtExit = new Thread(this::deleteQuietly, "omen-build-clean-up");
  private boolean published;
  private boolean deletedAtExit;

  private Publication(Path directory, UUID indexId, boolean createdDirectory) throws IOException {
    this.directory = directory;
    this.indexId = indexId;
    this.createdDirectory = createdDirectory;
    this.staging = filesOf(directory, indexId);
    Files.createDirectory(staging);
    Runtime.getRuntime().addShutdownHook(cleanUpAtExit);
  }

  /// Begins an index in a directory, which is created if it does not exist.
  ///
  /// @param overwrite whether an index that is there may be replaced
  /// @throws FileAlreadyExistsException if there is an index and it may not be replaced, or
  ///   something that is not an index, which is never touched
  public static Publication begin(Path directory, UUID indexId, boolean overwrite)
      throws IOException {
    checkTarget(directory, overwrite);
    boolean create = !Files.exists(directory);
    if (create) {
      Files.createDirectories(directory);
    }
    deleteOthers(directory, List.of(indexId.toString(), publishedId(directory)));
    return new Publication(directory, indexId, create);
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
  public Path file(String name) {
    return staging.resolve(name);
  }

  /// Makes what was written the index of the directory. The manifest's files are those that were
  /// written; the ones passed in it are ignored.
  public Manifest publish(Manifest manifest) throws IOException {
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    for (Path file : list(staging)) {
      files.put(
          file.getFileName().toString(), new Manifest.FileEntry(Files.size(file), checksum(file)));
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
    sync(staging);
    publishManifest(complete);
    forgetCleanUp();
    deleteOthers(directory, List.of(indexId.toString()));
    return complete;
  }

  // The clean-up at the end of the process comes wholly before or wholly after this.
  private synchronized void publishManifest(Manifest complete) throws IOException {
    if (deletedAtExit) {
      throw new IOException("the process is ending; nothing was published: path=" + directory);
    }
    complete.publish(directory);
    // From here on the manifest names these files: whatever fails now, close() must keep them.
    published = true;
    sync(directory);
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

  @Override
  public void close() {
    if (published) {
      return;
    }
    forgetCleanUp();
    try {
      delete();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up after a failed build: " + staging, e);
    }
  }

  private void delete() throws IOException {
    deleteTree(staging);
    Files.deleteIfExists(directory.resolve(Manifest.FILE + ".tmp"));
    if (createdDirectory) {
      Files.deleteIfExists(directory);
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

  private static String publishedId(Path directory) throws IOException {
    if (!Files.exists(directory.resolve(Manifest.FILE))) {
      return "";
    }
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
    return INDEX_ID.matcher(name).matches() || name.equals(Manifest.FILE + ".tmp");
  }

  private static void deleteOthers(Path directory, List<String> keep) throws IOException {
    for (Path entry : list(directory)) {
      String name = entry.getFileName().toString();
      if (INDEX_ID.matcher(name).matches() && !keep.contains(name)) {
        deleteTree(entry);
      }
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    for (Path file : list(directory)) {
      Files.delete(file);
    }
    Files.delete(directory);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  private static int checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        crc.update(buffer);
        buffer.clear();
      }
    }
    return (int) crc.getValue();
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
