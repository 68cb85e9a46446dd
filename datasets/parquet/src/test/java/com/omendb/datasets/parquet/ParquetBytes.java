package com.omendb.datasets.parquet;

import com.github.luben.zstd.Zstd;
import com.omendb.datasets.testing.SoundFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.xerial.snappy.Snappy;

/// Writes the bytes of small Parquet files with one column of lists, by the description of the
/// format: one row group, one page of plain values a column, its structures in Thrift's compact
/// protocol.
final class ParquetBytes {
  /// Compression of a page.
  enum Codec {
    UNCOMPRESSED(0),
    SNAPPY(1),
    GZIP(2),
    ZSTD(6);

    private final int number;

    Codec(int number) {
      this.number = number;
    }

    private byte[] compress(byte[] bytes) {
      try {
        return switch (this) {
          case UNCOMPRESSED -> bytes;
          case SNAPPY -> Snappy.compress(bytes);
          case GZIP -> SoundFiles.gzip(bytes);
          case ZSTD -> Zstd.compress(bytes);
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final int FLOAT = 4;
  private static final int DOUBLE = 5;
  private static final int REQUIRED = 0;
  private static final int OPTIONAL = 1;
  private static final int REPEATED = 2;
  private static final int RLE = 3;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private ParquetBytes() {}

  /// A file with a column of lists; NaN stands for an element that is null, an infinite first one
  /// for a list.
  ///
  /// @param doubles whether elements are DOUBLE, else FLOAT
  /// @param rows the lists
  static byte[] of(String column, boolean doubles, Double[]... rows) {
    return of(Codec.UNCOMPRESSED, column, doubles, rows);
  }

  /// The same, compressed.
  static byte[] of(Codec codec, String column, boolean doubles, Double[]... rows) {
    ParquetBytes levels = new ParquetBytes();
    ParquetBytes repetitions = new ParquetBytes();
    ByteBuffer values = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int entries = 0;
    for (Double[] row : rows) {
      if (row.length == 0 || row[0].isInfinite()) {
        repetitions.run(0);
        levels.run(row.length > 0 ? 0 : 1);
        entries++;
        continue;
      }
      for (int i = 0; i < row.length; i++) {
        repetitions.run(i == 0 ? 0 : 1);
        levels.run(row[i].isNaN() ? 2 : 3);
        entries++;
        if (!row[i].isNaN() && doubles) {
          values.putDouble(row[i]);
        } else if (!row[i].isNaN()) {
          values.putFloat((float) (double) row[i]);
        }
      }
    }
    ParquetBytes page = new ParquetBytes();
    page.block(repetitions);
    page.block(levels);
    page.bytes.write(values.array(), 0, values.position());
    return file(codec, column, doubles ? DOUBLE : FLOAT, rows.length, entries, page);
  }

  private static byte[] file(
      Codec codec, String column, int type, int rows, int entries, ParquetBytes page) {
    ParquetBytes file = new ParquetBytes();
    file.ascii("PAR1");
    byte[] compressed = codec.compress(page.bytes.toByteArray());
    int before = file.bytes.size();
    // The header of the page.
    file.i32(1, 0).i32(1, page.bytes.size()).i32(1, compressed.length).struct(2);
    file.i32(1, entries).i32(1, 0).i32(1, RLE).i32(1, RLE).stop().stop();
    file.bytes.writeBytes(compressed);
    int length = file.bytes.size() - before;
    int footer = file.bytes.size();
    file.i32(1, 1).list(1, 4);
    file.element("schema", REQUIRED, 1, 0, false);
    file.element(column, OPTIONAL, 1, 0, true);
    file.element("list", REPEATED, 1, 0, false);
    file.element("element", OPTIONAL, 0, type, false);
    file.i64(1, rows).list(1, 1);
    // The row group with one column chunk.
    file.list(1, 1);
    file.i64(2, 4).struct(1);
    file.i32(1, type).listOf(1, 2, 5).varint(0).varint(zigzag(RLE)).listOf(1, 3, 8);
    file.text(column).text("list").text("element");
    file.i32(1, codec.number).i64(1, entries).i64(1, length).i64(1, length).i64(2, 4).stop();
    file.stop();
    file.i64(1, length).i64(1, rows).stop();
    file.stop();
    int footerLength = file.bytes.size() - footer;
    file.little(footerLength);
    file.ascii("PAR1");
    return file.bytes.toByteArray();
  }

  private void element(String name, int repetition, int children, int type, boolean list) {
    if (type != 0) {
      i32(1, type).i32(2, repetition);
    } else {
      i32(3, repetition);
    }
    field(1, 8).text(name);
    if (children > 0) {
      i32(1, children);
    }
    if (list) {
      i32(1, 3);
    }
    stop();
  }

  /// One level, as a run of one.
  private void run(int level) {
    bytes.write(1 << 1);
    bytes.write(level);
  }

  private void block(ParquetBytes content) {
    little(content.bytes.size());
    bytes.writeBytes(content.bytes.toByteArray());
  }

  private ParquetBytes field(int step, int type) {
    bytes.write((step << 4) | type);
    return this;
  }

  private ParquetBytes i32(int step, int value) {
    return field(step, 5).varint(zigzag(value));
  }

  private ParquetBytes i64(int step, long value) {
    return field(step, 6).varint(zigzag(value));
  }

  private ParquetBytes struct(int step) {
    return field(step, 12);
  }

  private ParquetBytes list(int step, int size) {
    return listOf(step, size, 12);
  }

  private ParquetBytes listOf(int step, int size, int type) {
    field(step, 9);
    bytes.write((size << 4) | type);
    return this;
  }

  private ParquetBytes text(String text) {
    varint(text.length());
    ascii(text);
    return this;
  }

  private ParquetBytes stop() {
    bytes.write(0);
    return this;
  }

  private ParquetBytes varint(long value) {
    long rest = value;
    while (rest >= 0x80) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return this;
  }

  private void ascii(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void little(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }
}
