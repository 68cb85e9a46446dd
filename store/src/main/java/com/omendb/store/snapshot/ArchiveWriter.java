package com.omendb.store.snapshot;

import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.store.directory.IndexDirectory;
import com.omendb.vectors.files.PathCheck;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;

/// Writes an archive: under a temporary name beside it until [#publish] has forced all of it to the
/// device and renamed it.
///
/// Closing without publishing, or the end of the process, deletes what was written; what a killed
/// process leaves, the next writer of the same archive deletes if it is empty or begins as the
/// archive of its name does, which is on the device before anything else. Holds two blocks in
/// memory. Not thread-safe.
final class ArchiveWriter implements Closeable {
  private static final String TEMPORARY = ".tmp";

  private final Storage storage;
  private final Path archive;
  private final Path temporary;
  private final boolean overwrite;
  private final StorageFile file;
  private final CRC32C crc = new CRC32C();
  private final LZ4Compressor compressor = FrameFormat.compressor();
  private final byte[] content = new byte[FrameFormat.BLOCK_BYTES];
  private final byte[] block =
      new byte[compressor.maxCompressedLength(FrameFormat.BLOCK_BYTES) + 2 * Integer.BYTES];
  private final Thread cleanUpAtExit = new Thread(this::deleteQuietly, "omen-snapshot-clean-up");
  private long position;
  private boolean published;
  private boolean deletedAtExit;

  private ArchiveWriter(Storage storage, Path archive, Path temporary, boolean overwrite)
      throws IOException {
    this.storage = storage;
    this.archive = archive;
    this.temporary = temporary;
    this.overwrite = overwrite;
    this.file = storage.create(temporary, Storage.Access.CACHED);
    Runtime.getRuntime().addShutdownHook(cleanUpAtExit);
  }

  /// Begins an archive.
  ///
  /// @param overwrite whether an archive of this name may be replaced, at the end
  /// @throws FileAlreadyExistsException if there is something of this name that may not be
  static ArchiveWriter create(Storage storage, Path archive, ArchiveHead head, boolean overwrite)
      throws IOException {
    checkTarget(archive, overwrite);
    Path directory = directoryOf(archive);
    String name = String.valueOf(archive.getFileName());
    if (PathCheck.exists(directory)) {
      PathCheck.requireFolder(directory);
    } else {
      IndexDirectory.createDirectories(storage, directory);
    }
    deleteLeftovers(storage, directory, name);
    Path temporary = directory.resolve(name + "." + head.snapshotId() + TEMPORARY);
    ArchiveWriter writer = new ArchiveWriter(storage, archive, temporary, overwrite);
    boolean begun = false;
    try {
      byte[] bytes = head.encode();
      writer.append(bytes, 0, bytes.length);
      writer.file.force();
      begun = true;
      return writer;
    } finally {
      if (!begun) {
        writer.close();
      }
    }
  }

  /// Fails as [#create] would, and changes nothing.
  static void checkTarget(Path archive, boolean overwrite) throws IOException {
    if (!PathCheck.exists(archive)) {
      return;
    }
    String reason = null;
    if (!overwrite) {
      reason = "exists already; overwrite is off";
    } else if (!Files.isRegularFile(archive)) {
      reason = "exists and is not a file";
    } else if (ArchiveHead.idOf(start(archive)).isEmpty()) {
      reason = "exists and is not an archive, so it is not touched";
    }
    if (reason != null) {
      throw new FileAlreadyExistsException(archive.toString(), null, reason);
    }
  }

  private static byte[] start(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(ArchiveHead.FIXED_BYTES);
    }
  }

  private static Path directoryOf(Path archive) {
    Path directory = archive.toAbsolutePath().normalize().getParent();
    if (directory == null) {
      throw new IllegalArgumentException("not the name of a file: archive=" + archive);
    }
    return directory;
  }

  private static void deleteLeftovers(Storage storage, Path directory, String name)
      throws IOException {
    Pattern leftover =
        Pattern.compile(Pattern.quote(name) + "\\.([0-9a-f-]{36})" + Pattern.quote(TEMPORARY));
    for (Path entry : storage.list(directory)) {
      Matcher matcher = leftover.matcher(String.valueOf(entry.getFileName()));
      if (matcher.matches()
          && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
          && isOfArchive(entry, matcher.group(1))) {
        storage.delete(entry);
      }
    }
  }

  private static boolean isOfArchive(Path file, String snapshotId) throws IOException {
    byte[] start = start(file);
    return start.length == 0
        || ArchiveHead.idOf(start).map(UUID::toString).filter(snapshotId::equals).isPresent();
  }

  /// Appends a file of the index as a frame.
  ///
  /// @throws com.omendb.errors.CorruptFileException if the file is not what the manifest says
  void add(SourceFile source, BytesDone done) throws IOException {
    byte[] header = FrameFormat.header(source.length());
    append(header, 0, header.length);
    CRC32C fileCrc = new CRC32C();
    for (long at = 0; at < source.length(); ) {
      int bytes = (int) Math.min(FrameFormat.BLOCK_BYTES, source.length() - at);
      source.read(at, content, bytes);
      fileCrc.update(content, 0, bytes);
      addBlock(bytes);
      at += bytes;
      done.bytes(bytes);
    }
    append(new byte[Integer.BYTES], 0, Integer.BYTES);
    source.requireChecksum((int) fileCrc.getValue());
  }

  /// Receives the number of bytes that were processed.
  interface BytesDone {
    void bytes(long count);
  }

  private void addBlock(int bytes) throws IOException {
    int size = compressor.compress(content, 0, bytes, block, Integer.BYTES);
    int word = size;
    if (size >= bytes) {
      System.arraycopy(content, 0, block, Integer.BYTES, bytes);
      size = bytes;
      word = bytes | FrameFormat.STORED;
    }
    FrameFormat.putInt(block, 0, word);
    FrameFormat.putInt(block, Integer.BYTES + size, FrameFormat.hash(block, Integer.BYTES, size));
    append(block, 0, size + 2 * Integer.BYTES);
  }

  private void append(byte[] bytes, int from, int count) throws IOException {
    file.writeFully(ByteBuffer.wrap(bytes, from, count), position);
    crc.update(bytes, from, count);
    position += count;
  }

  /// Completes the archive and gives it its name.
  ///
  /// @return its bytes
  long publish() throws IOException {
    byte[] tail = ArchiveTail.encode(position, (int) crc.getValue());
    append(tail, 0, tail.length);
    file.force();
    file.close();
    rename();
    forgetCleanUp();
    return position;
  }

  // The clean-up at the end of the process comes wholly before or wholly after this.
  private synchronized void rename() throws IOException {
    if (deletedAtExit) {
      throw new IOException("the process is ending; nothing was written: path=" + archive);
    }
    checkTarget(archive, overwrite);
    storage.rename(temporary, archive);
    published = true;
    storage.syncDirectory(directoryOf(archive));
  }

  @Override
  public void close() {
    if (published) {
      return;
    }
    forgetCleanUp();
    try {
      file.close();
      storage.delete(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean up after a failed snapshot: " + temporary, e);
    }
  }

  private synchronized void deleteQuietly() {
    if (published) {
      return;
    }
    deletedAtExit = true;
    try {
      storage.delete(temporary);
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
}
