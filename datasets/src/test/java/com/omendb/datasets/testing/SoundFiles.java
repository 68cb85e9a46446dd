package com.omendb.datasets.testing;

import com.omendb.datasets.files.VectorFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Small sound files of the `vecs` and `bin` formats, for tests that damage them.
public final class SoundFiles {
  private SoundFiles() {}

  /// A sound file of a format: rows of numbers that do not matter.
  public static byte[] sound(VectorFormat format, int rows, int columns) {
    boolean lengths = hasRowLengths(format);
    ByteBuffer bytes = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
    if (!lengths) {
      bytes.putInt(rows).putInt(columns);
    }
    for (int row = 0; row < rows; row++) {
      if (lengths) {
        bytes.putInt(columns);
      }
      for (int column = 0; column < columns * elementBytes(format); column++) {
        bytes.put((byte) (row + column & 3));
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /// Makes the length agree with the header where that is possible.
  public static byte[] mend(VectorFormat format, byte[] input) {
    if (!hasRowLengths(format) && input.length >= 8) {
      ByteBuffer header = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
      long rows = Integer.toUnsignedLong(header.getInt(0));
      long columns = Integer.toUnsignedLong(header.getInt(4));
      long bytes = rows > 4096 || columns > 4096 ? 0 : rows * columns * elementBytes(format);
      return bytes > 0 && bytes < 1 << 16 ? Arrays.copyOf(input, 8 + (int) bytes) : input;
    }
    return input;
  }

  /// Bytes of an element in a file.
  public static int elementBytes(VectorFormat format) {
    return switch (format) {
      case FVECS, FBIN, IVECS, IBIN -> 4;
      case F16BIN -> 2;
      case BVECS, U8BIN, I8BIN -> 1;
      default -> throw new IllegalArgumentException("format=" + format);
    };
  }

  private static boolean hasRowLengths(VectorFormat format) {
    return format.extension().endsWith("vecs");
  }

  /// Compresses bytes.
  public static byte[] gzip(byte[] input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      out.write(input);
    }
    return bytes.toByteArray();
  }

  /// Writes a file anew: new files are faster to write than old ones, which the file system keeps
  /// safe.
  public static Path write(Path path, byte[] bytes) throws IOException {
    Files.deleteIfExists(path);
    return Files.write(path, bytes);
  }
}
