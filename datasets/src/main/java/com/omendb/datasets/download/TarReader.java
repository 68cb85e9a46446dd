package com.omendb.datasets.download;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.io.DiskRoom;
import com.omendb.datasets.io.StagedFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Extracts chosen files from a gzip-compressed tar archive (POSIX.1-1988 `ustar` and its
/// predecessors, with sizes in octal).
///
/// An archive in which any entry would land outside the target folder is refused. Links, devices
/// and unknown kinds of entries are never created; only regular files that were asked for are.
final class TarReader {
  private static final int BLOCK_BYTES = 512;
  private static final int NAME_BYTES = 100;
  private static final int SIZE_OFFSET = 124;
  private static final int SIZE_DIGITS = 12;
  private static final int CHECKSUM_OFFSET = 148;
  private static final int CHECKSUM_DIGITS = 8;
  private static final int TYPE_OFFSET = 156;
  private static final int MAGIC_OFFSET = 257;
  private static final int PREFIX_OFFSET = 345;
  private static final int PREFIX_BYTES = 155;
  private static final int COPY_BYTES = 1 << 20;

  private final Path archive;
  private final InputStream in;
  private final byte[] header = new byte[BLOCK_BYTES];
  private long offset;

  private TarReader(Path archive, InputStream in) {
    this.archive = archive;
    this.in = in;
  }

  /// Extracts the `wanted` files into `folder`.
  ///
  /// @param wanted names of regular files in the archive, with `/` between their parts
  /// @throws VectorFileException if the archive is malformed, leads outside the folder, or lacks a
  ///   wanted file
  static void extract(Path archive, Path folder, Set<String> wanted) throws IOException {
    int found = 0;
    try (InputStream file = Files.newInputStream(archive);
        InputStream in = new GZIPInputStream(file, COPY_BYTES)) {
      TarReader reader = new TarReader(archive, in);
      while (found < wanted.size() && reader.readHeader()) {
        Path target = reader.requireInside(folder);
        String name = folder.normalize().relativize(target).toString().replace('\\', '/');
        if (reader.isRegularFile() && wanted.contains(name)) {
          reader.copyContent(target);
          found++;
        } else {
          reader.skipContent();
        }
      }
    } catch (EOFException | ZipException e) {
      throw new VectorFileException(
          "the archive is broken or cut short",
          archive,
          Files.size(archive),
          "a whole gzip stream",
          String.valueOf(e.getMessage()),
          e);
    }
    if (found < wanted.size()) {
      throw new VectorFileException(
          "the archive lacks files", archive, 0, wanted, found + " of them");
    }
  }

  /// Reads the next header; false at the end of the archive.
  private boolean readHeader() throws IOException {
    int read = in.readNBytes(header, 0, BLOCK_BYTES);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK_BYTES) {
      throw malformed("the archive ends in a header", BLOCK_BYTES + " bytes", read + " bytes");
    }
    int sum = 0;
    for (int i = 0; i < BLOCK_BYTES; i++) {
      boolean inChecksum = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_DIGITS;
      sum += inChecksum ? ' ' : header[i] & 0xff;
    }
    if (sum == ' ' * CHECKSUM_DIGITS) {
      return false;
    }
    long stated = octal(CHECKSUM_OFFSET, CHECKSUM_DIGITS);
    if (stated != sum) {
      throw malformed("a header's checksum is wrong", stated, sum);
    }
    offset += BLOCK_BYTES;
    return true;
  }

  private boolean isRegularFile() {
    return header[TYPE_OFFSET] == '0' || header[TYPE_OFFSET] == 0;
  }

  /// The path that the entry would have in `folder`.
  private Path requireInside(Path folder) throws VectorFileException {
    String name = text(0, NAME_BYTES);
    if (text(MAGIC_OFFSET, 5).equals("ustar") && header[PREFIX_OFFSET] != 0) {
      name = text(PREFIX_OFFSET, PREFIX_BYTES) + "/" + name;
    }
    Path root = folder.normalize();
    try {
      Path target = root.resolve(name).normalize();
      if (!name.isEmpty() && !name.startsWith("/") && target.startsWith(root)) {
        return target;
      }
    } catch (InvalidPathException _) {
      // Told below, as paths that lead elsewhere are.
    }
    throw malformed("an entry leads outside the folder", "a path inside " + folder, name);
  }

  private long contentBytes() throws VectorFileException {
    return octal(SIZE_OFFSET, SIZE_DIGITS);
  }

  private void copyContent(Path target) throws IOException {
    long bytes = contentBytes();
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
      DiskRoom.require(parent, bytes, archive);
    }
    try (StagedFile file = StagedFile.create(target)) {
      byte[] block = new byte[COPY_BYTES];
      for (long left = bytes; left > 0; ) {
        int read = in.read(block, 0, (int) Math.min(block.length, left));
        if (read < 0) {
          throw malformed(
              "the archive ends in a file", bytes + " bytes", (bytes - left) + " bytes");
        }
        file.append(ByteBuffer.wrap(block, 0, read));
        left -= read;
      }
      file.publish();
    }
    skip(padded(bytes) - bytes);
    offset += padded(bytes);
  }

  private void skipContent() throws IOException {
    long bytes = padded(contentBytes());
    skip(bytes);
    offset += bytes;
  }

  private void skip(long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw malformed("the archive ends in a file", bytes + " bytes", "fewer");
    }
  }

  private static long padded(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  private String text(int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private long octal(int from, int length) throws VectorFileException {
    String digits = text(from, length).strip();
    if (!digits.matches("[0-7]{1,11}")) {
      throw malformed("a header's number is not octal", "1 to 11 octal digits", digits);
    }
    return Long.parseLong(digits, 8);
  }

  private VectorFileException malformed(String what, Object expected, Object actual) {
    return new VectorFileException(what, archive, offset, expected, actual);
  }
}
