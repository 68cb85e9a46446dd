package com.omendb.store.snapshot;

import com.omendb.errors.CorruptFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// The end of an archive, which says that it is complete.
///
/// A skippable LZ4 frame, little-endian: magic number 0x184D2A5E (u32), 24 (u32), ASCII `OMENSEND`,
/// the tail's own offset in the archive (u64), CRC32C of all bytes before the tail (u32), CRC32C of
/// the tail before this (u32).
final class ArchiveTail {
  static final int BYTES = 32;

  private static final long MAGIC =
      FrameFormat.getLong("OMENSEND".getBytes(StandardCharsets.US_ASCII), 0);

  private ArchiveTail() {}

  static byte[] encode(long offset, int crc32c) {
    byte[] tail = new byte[BYTES];
    FrameFormat.putInt(tail, 0, FrameFormat.TAIL_FRAME);
    FrameFormat.putInt(tail, 4, BYTES - 8);
    FrameFormat.putLong(tail, 8, MAGIC);
    FrameFormat.putLong(tail, 16, offset);
    FrameFormat.putInt(tail, 24, crc32c);
    FrameFormat.putInt(tail, 28, checksum(tail));
    return tail;
  }

  /// The checksum in the tail of an archive, once the rest of the tail is as it must be.
  static int crc32c(byte[] tail, long offset, Path archive) throws CorruptFileException {
    int crc = FrameFormat.getInt(tail, 24);
    byte[] expected = encode(offset, crc);
    if (!Arrays.equals(tail, expected)) {
      throw new CorruptFileException(
          "archive is incomplete or its end is damaged",
          archive,
          offset,
          HexFormat.of().formatHex(expected),
          HexFormat.of().formatHex(tail));
    }
    return crc;
  }

  private static int checksum(byte[] tail) {
    CRC32C crc = new CRC32C();
    crc.update(tail, 0, 28);
    return (int) crc.getValue();
  }
}
