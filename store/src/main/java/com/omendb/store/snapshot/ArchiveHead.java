package com.omendb.store.snapshot;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.directory.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The beginning of an archive: which index it is of, and where the contents of its files are.
///
/// A skippable LZ4 frame, little-endian:
///
/// | offset | bytes | meaning |
/// |---|---|---|
/// | 0 | 4 | magic number 0x184D2A50 |
/// | 4 | 4 | n, bytes that follow in the head |
/// | 8 | 8 | magic, ASCII `OMENSNAP` |
/// | 16 | 4 | format version of the archive |
/// | 20 | 4 | m, bytes of the manifest |
/// | 24 | 16 | id of this snapshot: the high, then the low 64 bits of a UUID |
/// | 40 | 4 | f, files of the manifest |
/// | 44 | 4 | zero |
/// | 48 | 16 f | for each file, in the order of their names: id of the snapshot that holds it |
/// | 48 + 16 f | m | manifest.omen of the index |
/// | 8 + n - 4 | 4 | CRC32C of all bytes of the head before |
///
/// @param snapshotId of this archive
/// @param manifest of the index
/// @param holders by the names of the manifest's files, in order: the snapshot with the contents
record ArchiveHead(UUID snapshotId, Manifest manifest, Map<String, UUID> holders) {
  /// The version that this release writes, and the only one that it reads.
  static final int VERSION = 1;

  /// The most files of an index.
  static final int MAX_FILES = 1024;

  /// The smallest head: before the table.
  static final int FIXED_BYTES = 48;

  private static final long MAGIC =
      FrameFormat.getLong("OMENSNAP".getBytes(StandardCharsets.US_ASCII), 0);
  private static final int MAX_MANIFEST_BYTES = 1 << 20;
  private static final int MAX_BYTES =
      FIXED_BYTES + 16 * MAX_FILES + MAX_MANIFEST_BYTES + Integer.BYTES;

  ArchiveHead {
    if (manifest.files().size() > MAX_FILES) {
      throw new IllegalArgumentException(
          "an archive takes up to " + MAX_FILES + " files: files=" + manifest.files().size());
    }
    if (!manifest.files().keySet().equals(holders.keySet())) {
      throw new IllegalArgumentException("holders=" + holders.keySet());
    }
  }

  /// Whether this archive itself has a file's contents.
  boolean holds(String file) {
    return snapshotId.equals(holders.get(file));
  }

  /// Bytes of the files whose contents this archive has.
  long heldBytes() {
    return manifest.files().entrySet().stream()
        .filter(file -> holds(file.getKey()))
        .mapToLong(file -> file.getValue().length())
        .sum();
  }

  byte[] encode() {
    byte[] text = manifest.encode();
    byte[] head = new byte[FIXED_BYTES + 16 * holders.size() + text.length + Integer.BYTES];
    FrameFormat.putInt(head, 0, FrameFormat.HEAD_FRAME);
    FrameFormat.putInt(head, 4, head.length - 8);
    FrameFormat.putLong(head, 8, MAGIC);
    FrameFormat.putInt(head, 16, VERSION);
    FrameFormat.putInt(head, 20, text.length);
    putId(head, 24, snapshotId);
    FrameFormat.putInt(head, 40, holders.size());
    int at = FIXED_BYTES;
    for (String name : manifest.files().keySet()) {
      putId(head, at, holders.getOrDefault(name, snapshotId));
      at += 16;
    }
    System.arraycopy(text, 0, head, at, text.length);
    FrameFormat.putInt(head, head.length - 4, checksum(head, head.length - 4));
    return head;
  }

  /// Which archive begins with these bytes, if one does. Nothing else of it is checked.
  ///
  /// @param start the first [#FIXED_BYTES] of a file, or fewer if it has no more
  static Optional<UUID> idOf(byte[] start) {
    boolean isArchive =
        start.length >= FIXED_BYTES
            && FrameFormat.getInt(start, 0) == FrameFormat.HEAD_FRAME
            && FrameFormat.getLong(start, 8) == MAGIC;
    return isArchive ? Optional.of(getId(start, 24)) : Optional.empty();
  }

  /// How long a head is, from its first 8 bytes.
  ///
  /// @param available bytes of the archive that a head may take
  static int length(byte[] start, long available, Path archive) throws CorruptFileException {
    if (FrameFormat.getInt(start, 0) != FrameFormat.HEAD_FRAME) {
      throw new CorruptFileException(
          "not an archive of an index",
          archive,
          0,
          HexFormat.of().toHexDigits(FrameFormat.HEAD_FRAME),
          HexFormat.of().toHexDigits(FrameFormat.getInt(start, 0)));
    }
    long length = 8 + Integer.toUnsignedLong(FrameFormat.getInt(start, 4));
    long limit = Math.min(available, MAX_BYTES);
    if (length < FIXED_BYTES + Integer.BYTES || length > limit) {
      throw new CorruptFileException(
          "length of the head is out of range", archive, 4, "up to " + limit, length + " bytes");
    }
    return (int) length;
  }

  /// Decodes the bytes of a head.
  ///
  /// @throws CorruptFileException if they are not intact, or say what cannot be
  /// @throws UnsupportedFormatException if another release wrote them
  static ArchiveHead decode(byte[] head, Path archive) throws IOException {
    if (FrameFormat.getLong(head, 8) != MAGIC) {
      throw new CorruptFileException(
          "not an archive of an index",
          archive,
          8,
          "OMENSNAP",
          HexFormat.of().formatHex(head, 8, 16));
    }
    int stored = FrameFormat.getInt(head, head.length - 4);
    int crc = checksum(head, head.length - 4);
    if (stored != crc) {
      throw new CorruptFileException(
          "checksum of the head differs",
          archive,
          head.length - 4,
          HexFormat.of().toHexDigits(stored),
          HexFormat.of().toHexDigits(crc));
    }
    int version = FrameFormat.getInt(head, 16);
    if (version != VERSION) {
      throw new UnsupportedFormatException(archive, version, VERSION, VERSION);
    }
    int textBytes = FrameFormat.getInt(head, 20);
    int files = FrameFormat.getInt(head, 40);
    boolean whole =
        files >= 0
            && files <= MAX_FILES
            && textBytes >= 0
            && textBytes <= MAX_MANIFEST_BYTES
            && FIXED_BYTES + 16 * files + textBytes + Integer.BYTES == head.length
            && FrameFormat.getInt(head, 44) == 0;
    if (!whole) {
      throw new CorruptFileException(
          "head is malformed",
          archive,
          20,
          head.length + " bytes in all",
          "manifest of " + textBytes + " bytes, files=" + files);
    }
    int textAt = FIXED_BYTES + 16 * files;
    Manifest manifest =
        Manifest.decode(Arrays.copyOfRange(head, textAt, textAt + textBytes), archive);
    if (manifest.files().size() != files) {
      throw new CorruptFileException(
          "head does not fit its manifest",
          archive,
          40,
          "files=" + manifest.files().size(),
          "files=" + files);
    }
    Map<String, UUID> holders = new LinkedHashMap<>();
    int at = FIXED_BYTES;
    for (String name : manifest.files().keySet()) {
      holders.put(name, getId(head, at));
      at += 16;
    }
    return new ArchiveHead(getId(head, 24), manifest, holders);
  }

  private static void putId(byte[] bytes, int at, UUID id) {
    FrameFormat.putLong(bytes, at, id.getMostSignificantBits());
    FrameFormat.putLong(bytes, at + 8, id.getLeastSignificantBits());
  }

  private static UUID getId(byte[] bytes, int at) {
    return new UUID(FrameFormat.getLong(bytes, at), FrameFormat.getLong(bytes, at + 8));
  }

  private static int checksum(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }
}
