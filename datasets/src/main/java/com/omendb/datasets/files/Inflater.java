package com.omendb.datasets.files;

import com.omendb.datasets.io.TemporaryFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Inflates a `.gz` vector file into a temporary file, never past what its own header promises or
/// what the volume can hold.
final class Inflater {
  private static final int BLOCK_BYTES = 1 << 20;

  /// DEFLATE needs at least two bits for 258 bytes: it cannot compress better than 1,032 to 1.
  private static final long MAX_COMPRESSION = 1032;

  /// More rows than any file has, and few enough that their bytes fit a long.
  private static final long MAX_CUT_ROWS = 1L << 36;

  private Inflater() {}

  /// Inflates `path` into `target`, of a `vecs` file only its first rows.
  ///
  /// @param maxColumns largest row length that the header may name
  /// @param rowCount number of rows after which a `vecs` file may end, or [MappedMatrix#ALL_ROWS]
  /// @throws VectorFileException if the compressed data are broken or hold more than they should
  static void inflate(
      Path path, VectorFormat format, int maxColumns, long rowCount, TemporaryFile target)
      throws IOException {
    long written = 0;
    try (InputStream file = Files.newInputStream(path);
        GZIPInputStream in = new GZIPInputStream(file, BLOCK_BYTES);
        OutputStream out = target.output(path)) {
      byte[] block = new byte[BLOCK_BYTES];
      long limitBytes = Long.MAX_VALUE;
      long enoughBytes = Long.MAX_VALUE;
      if (format.layout() == VectorFormat.Layout.HEADER) {
        int headerBytes = in.readNBytes(block, 0, BinHeader.BYTES);
        MemorySegment header = copyOf(block, headerBytes);
        BinHeader promised = BinHeader.read(header, path, maxColumns);
        limitBytes = promised.longestFileBytes(format);
        requirePossible(path, Files.size(path), promised.fileBytes(format));
        target.requireRoom(promised.fileBytes(format), path);
        out.write(block, 0, headerBytes);
        written = headerBytes;
      }
      if (format.layout() == VectorFormat.Layout.ROW_LENGTHS && rowCount < MAX_CUT_ROWS) {
        int lengthBytes = in.readNBytes(block, 0, MatrixShape.ROW_LENGTH_BYTES);
        MemorySegment length = copyOf(block, lengthBytes);
        enoughBytes = rowCount * MatrixShape.readRowBytes(length, format, path, maxColumns);
        out.write(block, 0, lengthBytes);
        written = lengthBytes;
      }
      while (written < enoughBytes) {
        int read = in.read(block, 0, (int) Math.min(block.length, enoughBytes - written));
        if (read < 0) {
          break;
        }
        if (written + read > limitBytes) {
          throw new VectorFileException(
              "the file goes on after its last row",
              path,
              limitBytes,
              limitBytes + " bytes",
              "more");
        }
        out.write(block, 0, read);
        written += read;
      }
    } catch (EOFException | ZipException e) {
      throw new VectorFileException(
          "the compressed data are broken or cut short",
          path,
          written,
          "a whole gzip stream",
          String.valueOf(e.getMessage()),
          e);
    }
  }

  /// Refuses a header that promises more than so many compressed bytes can ever hold.
  static void requirePossible(Path path, long compressedBytes, long promisedBytes)
      throws VectorFileException {
    if (promisedBytes / MAX_COMPRESSION > compressedBytes) {
      throw new VectorFileException(
          "the header promises more than the compressed file can hold",
          path,
          0,
          "at most " + MAX_COMPRESSION + " x " + compressedBytes + " bytes",
          promisedBytes + " bytes");
    }
  }

  private static MemorySegment copyOf(byte[] block, int length) {
    return MemorySegment.ofArray(block).asSlice(0, length).asReadOnly();
  }
}
