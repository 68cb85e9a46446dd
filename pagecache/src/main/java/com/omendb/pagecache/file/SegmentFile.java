package com.omendb.pagecache.file;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32C;

/// A file of one flat payload behind a [FileHeader], checksummed as a whole: written once, then
/// read into memory as a whole.
///
/// The memory is anonymous and filled by reads; the file itself is not mapped: a mapped file that
/// is cut off, or whose device fails, ends the process that touches it in compiled code, or gives
/// it zeros (docs/decisions/0009).
public final class SegmentFile {
  private static final long NATIVE_STEP_BYTES = 1L << 26;
  private static final int HEAP_STEP_BYTES = 1 << 16;
  private static final long READ_STEP_BYTES = 1L << 20;
  private static final int PAYLOAD_ALIGNMENT = 64;

  private SegmentFile() {}

  /// The content of a file, in memory.
  ///
  /// @param header what the file says of itself
  /// @param payload all bytes after the header, read-only, valid as long as the arena given
  public record Content(FileHeader header, MemorySegment payload) {}

  /// Writes a new file and forces it to the device. The header goes last, so that a file whose
  /// writing was cut short is refused by [#read].
  ///
  /// @param payload parts of the payload, in order; native or heap memory
  /// @throws java.nio.file.FileAlreadyExistsException when the file exists
  public static void write(
      FileTarget target,
      String magic,
      int formatVersion,
      UUID indexId,
      long[] fields,
      MemorySegment... payload)
      throws IOException {
    CRC32C crc = new CRC32C();
    long payloadBytes = 0;
    for (MemorySegment part : payload) {
      Crc32c.update(crc, part, 0, part.byteSize());
      payloadBytes += part.byteSize();
    }
    FileHeader header =
        new FileHeader(
            magic, formatVersion, indexId, 0, payloadBytes, (int) crc.getValue(), fields);
    try (StorageFile file = target.create()) {
      long position = FileHeader.BYTES;
      for (MemorySegment part : payload) {
        writeFully(file, part, position);
        position += part.byteSize();
      }
      file.force();
      file.writeFully(ByteBuffer.wrap(header.encode()), 0);
      file.force();
    }
  }

  /// Reads a file into memory after checking its header and exact length, and checks the payload's
  /// checksum on the way.
  ///
  /// @param arena owns the memory; on an exception the memory, if taken, lives until it closes
  /// @throws CorruptFileException when the file is of another kind or its bytes are not intact
  /// @throws UnsupportedFormatException when its version is outside the two given
  public static Content read(Path path, String magic, int minVersion, int maxVersion, Arena arena)
      throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long length = channel.size();
      FileHeader header = readHeader(channel, length, path, magic, minVersion, maxVersion);
      if (header.pageBytes() != 0) {
        throw new CorruptFileException(
            "a page file where a flat one should be",
            path,
            0,
            "pageBytes=0",
            "pageBytes=" + header.pageBytes());
      }
      if (length - FileHeader.BYTES != header.payloadBytes()) {
        throw new CorruptFileException(
            "file length differs from its header",
            path,
            FileHeader.BYTES,
            "payloadBytes=" + header.payloadBytes(),
            "payloadBytes=" + (length - FileHeader.BYTES));
      }
      MemorySegment payload =
          AlignedMemory.allocate(arena, Math.max(1, header.payloadBytes()), PAYLOAD_ALIGNMENT)
              .asSlice(0, header.payloadBytes());
      int crc = readPayload(channel, payload, path);
      if (crc != header.payloadCrc32c()) {
        throw new CorruptFileException(
            "payload checksum differs",
            path,
            FileHeader.BYTES,
            FileHeader.hex(header.payloadCrc32c()),
            FileHeader.hex(crc));
      }
      return new Content(header, payload.asReadOnly());
    }
  }

  // Returns the checksum, computed while what was read last is still near the processor.
  private static int readPayload(FileChannel channel, MemorySegment payload, Path path)
      throws IOException {
    CRC32C crc = new CRC32C();
    long bytes = payload.byteSize();
    for (long done = 0; done < bytes; done += READ_STEP_BYTES) {
      long step = Math.min(READ_STEP_BYTES, bytes - done);
      ByteBuffer target = payload.asSlice(done, step).asByteBuffer();
      while (target.hasRemaining()) {
        long at = done + target.position();
        if (channel.read(target, FileHeader.BYTES + at) < 0) {
          throw new CorruptFileException(
              "payload ends early", path, FileHeader.BYTES + at, bytes + " bytes", at + " bytes");
        }
      }
      crc.update(target.flip());
    }
    return (int) crc.getValue();
  }

  private static FileHeader readHeader(
      FileChannel channel, long length, Path path, String magic, int minVersion, int maxVersion)
      throws IOException {
    if (length < FileHeader.BYTES) {
      throw new CorruptFileException(
          "too short for a header",
          path,
          0,
          "at least " + FileHeader.BYTES + " bytes",
          length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(FileHeader.BYTES);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
    if (bytes.hasRemaining()) {
      throw new CorruptFileException(
          "header ends early",
          path,
          bytes.position(),
          FileHeader.BYTES + " bytes",
          bytes.position() + " bytes");
    }
    return FileHeader.decode(
        MemorySegment.ofArray(bytes.array()), path, magic, minVersion, maxVersion);
  }

  private static void writeFully(StorageFile file, MemorySegment part, long position)
      throws IOException {
    long bytes = part.byteSize();
    if (part.isNative()) {
      for (long done = 0; done < bytes; done += NATIVE_STEP_BYTES) {
        long step = Math.min(NATIVE_STEP_BYTES, bytes - done);
        file.writeFully(part.asSlice(done, step).asByteBuffer(), position + done);
      }
      return;
    }
    byte[] copy = new byte[(int) Math.min(HEAP_STEP_BYTES, bytes)];
    for (long done = 0; done < bytes; done += copy.length) {
      int step = (int) Math.min(copy.length, bytes - done);
      MemorySegment.copy(part, ValueLayout.JAVA_BYTE, done, copy, 0, step);
      file.writeFully(ByteBuffer.wrap(copy, 0, step), position + done);
    }
  }
}
