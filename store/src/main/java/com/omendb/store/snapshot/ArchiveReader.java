package com.omendb.store.snapshot;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.files.PathCheck;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/// An archive, read once from its beginning to its end.
///
/// Everything in it is checked before it is used: its end when it is opened, then its head, the
/// lengths in the head against the archive's own, every block against its checksum, every file
/// against its length and checksum, and last all bytes together. Holds two blocks in memory. Not
/// thread-safe.
final class ArchiveReader implements Closeable {
  private final Path path;
  private final FileChannel channel;
  private final long tailOffset;
  private final int wholeCrc32c;
  private final ArchiveHead head;
  private final CRC32C crc = new CRC32C();
  private long position;

  /// Takes the contents of an archive's files, one after another.
  interface Receiver {
    /// A file begins.
    ///
    /// @return receives the contents, and is closed after them; null to skip them
    @Nullable Sink begin(String name, Manifest.FileEntry file) throws IOException;
  }

  /// Takes the contents of one file.
  interface Sink extends Closeable {
    /// The next bytes.
    void write(byte[] bytes, int count) throws IOException;

    /// The contents were complete and whole.
    void complete() throws IOException;
  }

  private ArchiveReader(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    long length = channel.size();
    long smallest = ArchiveHead.FIXED_BYTES + (long) ArchiveTail.BYTES;
    if (length < smallest) {
      throw new CorruptFileException(
          "too short for an archive of an index",
          path,
          0,
          "at least " + smallest + " bytes",
          length + " bytes");
    }
    // The head first, so that what is no archive at all is called that.
    this.tailOffset = length - ArchiveTail.BYTES;
    byte[] start = new byte[8];
    read(start, 0, start.length);
    byte[] bytes = Arrays.copyOf(start, ArchiveHead.length(start, tailOffset, path));
    read(bytes, start.length, bytes.length - start.length);
    byte[] tail = new byte[ArchiveTail.BYTES];
    fill(ByteBuffer.wrap(tail), tailOffset);
    this.wholeCrc32c = ArchiveTail.crc32c(tail, tailOffset, path);
    this.head = ArchiveHead.decode(bytes, path);
    requirePossibleLengths();
  }

  /// Opens an archive and checks its head and its end.
  ///
  /// @throws CorruptFileException if it is none, is cut off, or does not begin and end as it must
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote it
  static ArchiveReader open(Path path) throws IOException {
    FileChannel channel;
    try {
      PathCheck.requireFile(path);
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(e.getFile(), null, "no such archive");
    }
    boolean opened = false;
    try {
      ArchiveReader reader = new ArchiveReader(path, channel);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  // What follows the head cannot unfold to more than this.
  private void requirePossibleLengths() throws CorruptFileException {
    long most = (tailOffset - position) * FrameFormat.MAX_EXPANSION;
    long total = 0;
    for (Map.Entry<String, Manifest.FileEntry> file : head.manifest().files().entrySet()) {
      long length = head.holds(file.getKey()) ? file.getValue().length() : 0;
      if (length > most - total) {
        throw new CorruptFileException(
            "a file is longer than the archive can hold: file=" + file.getKey(),
            path,
            0,
            "at most " + (most - total) + " bytes",
            length + " bytes");
      }
      total += length;
    }
  }

  Path path() {
    return path;
  }

  ArchiveHead head() {
    return head;
  }

  /// Bytes of the archive.
  long byteSize() {
    return tailOffset + ArchiveTail.BYTES;
  }

  /// Reads all that follows the head. Can be called once.
  ///
  /// @throws CorruptFileException if anything is not as it must be, at the latest at the end
  void readAll(Receiver receiver) throws IOException {
    Frames frames = new Frames();
    for (Map.Entry<String, Manifest.FileEntry> file : head.manifest().files().entrySet()) {
      if (head.holds(file.getKey())) {
        try (Sink sink = receiver.begin(file.getKey(), file.getValue())) {
          frames.read(file.getKey(), file.getValue(), sink);
        }
      }
    }
    if (position != tailOffset) {
      throw damaged("something follows the last file", position, tailOffset, position);
    }
    if ((int) crc.getValue() != wholeCrc32c) {
      throw new CorruptFileException(
          "checksum of the archive differs",
          path,
          tailOffset,
          hex(wholeCrc32c),
          hex((int) crc.getValue()));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void read(byte[] bytes, int from, int count) throws IOException {
    if (count > tailOffset - position) {
      throw damaged("archive ends early", position, count, tailOffset - position);
    }
    fill(ByteBuffer.wrap(bytes, from, count), position);
    crc.update(bytes, from, count);
    position += count;
  }

  private void fill(ByteBuffer buffer, long from) throws IOException {
    long at = from;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw damaged("archive was cut while it was read", at, buffer.remaining(), 0);
      }
      at += count;
    }
  }

  private CorruptFileException damaged(String what, long offset, long expected, long actual) {
    return new CorruptFileException(
        what, path, offset, String.valueOf(expected), String.valueOf(actual));
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  /// Decodes frames, with memory that is used for one after another.
  private final class Frames {
    private final LZ4SafeDecompressor decompressor = FrameFormat.decompressor();
    private final byte[] stored = new byte[FrameFormat.BLOCK_BYTES + Integer.BYTES];
    private final byte[] content = new byte[FrameFormat.BLOCK_BYTES];

    void read(String name, Manifest.FileEntry file, @Nullable Sink sink) throws IOException {
      byte[] expected = FrameFormat.header(file.length());
      byte[] header = new byte[expected.length];
      long start = position;
      ArchiveReader.this.read(header, 0, header.length);
      if (!Arrays.equals(header, expected)) {
        throw new CorruptFileException(
            "frame does not begin as it must: file=" + name,
            path,
            start,
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(header));
      }
      CRC32C fileCrc = new CRC32C();
      for (long done = 0; done < file.length(); ) {
        int bytes = (int) Math.min(FrameFormat.BLOCK_BYTES, file.length() - done);
        readBlock(name, bytes, sink, fileCrc);
        done += bytes;
      }
      byte[] end = new byte[Integer.BYTES];
      ArchiveReader.this.read(end, 0, end.length);
      if (FrameFormat.getInt(end, 0) != 0) {
        throw damaged(
            "frame does not end where it must: file=" + name,
            position - end.length,
            0,
            FrameFormat.getInt(end, 0));
      }
      if (sink != null) {
        if ((int) fileCrc.getValue() != file.crc32c()) {
          throw new CorruptFileException(
              "checksum of a file in the archive differs: file=" + name,
              path,
              start,
              hex(file.crc32c()),
              hex((int) fileCrc.getValue()));
        }
        sink.complete();
      }
    }

    private void readBlock(String name, int bytes, @Nullable Sink sink, CRC32C fileCrc)
        throws IOException {
      long start = position;
      ArchiveReader.this.read(stored, 0, Integer.BYTES);
      int word = FrameFormat.getInt(stored, 0);
      int size = word & ~FrameFormat.STORED;
      boolean asItIs = word < 0;
      // Writers compress a block only if that makes it smaller.
      if (asItIs ? size != bytes : size < 1 || size >= bytes) {
        throw damaged("size of a block is out of range: file=" + name, start, bytes, size);
      }
      ArchiveReader.this.read(stored, 0, size + Integer.BYTES);
      int hash = FrameFormat.hash(stored, 0, size);
      if (hash != FrameFormat.getInt(stored, size)) {
        throw new CorruptFileException(
            "checksum of a block differs: file=" + name,
            path,
            start,
            hex(FrameFormat.getInt(stored, size)),
            hex(hash));
      }
      if (sink != null) {
        byte[] plain = asItIs ? stored : content;
        int count = asItIs ? bytes : decompress(name, start, size, bytes);
        if (count != bytes) {
          throw damaged("block unfolds to another length: file=" + name, start, bytes, count);
        }
        fileCrc.update(plain, 0, bytes);
        sink.write(plain, bytes);
      }
    }

    private int decompress(String name, long start, int size, int bytes)
        throws CorruptFileException {
      try {
        return decompressor.decompress(stored, 0, size, content, 0, bytes);
      } catch (LZ4Exception | IndexOutOfBoundsException e) {
        throw new CorruptFileException(
            "block is no LZ4 block: file=" + name, path, start, bytes + " bytes", "" + e);
      }
    }
  }
}
