package com.omendb.datasets.files;

import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.RowSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Writes the rows of a table as they are needed in memory. Not thread-safe.
final class RowWriter implements RowSink, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private final Path path;
  private final Content content;
  private final int columns;
  private final CellType cellType;
  private final ByteBuffer buffer;
  private final long firstRow;
  private long rows;

  /// Begins with no rows.
  ///
  /// @param out gets the rows; closed with this
  /// @param path the file that the rows are from, for messages
  /// @param content what the rows are for: elements of vectors have to be finite
  /// @param columns elements a row
  /// @param cellType type to write
  /// @param firstRow number of the first row, for messages
  RowWriter(
      OutputStream out, Path path, Content content, int columns, CellType cellType, long firstRow) {
    this.firstRow = firstRow;
    this.out = out;
    this.path = path;
    this.content = content;
    this.columns = columns;
    this.cellType = cellType;
    this.buffer =
        ByteBuffer.allocate(Math.max(BUFFER_BYTES, columns * cellType.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void floats(float[] row) throws IOException {
    begin(row.length, CellType.FLOAT32);
    for (float value : row) {
      buffer.putFloat(value);
    }
  }

  @Override
  public void doubles(double[] row) throws IOException {
    begin(row.length, CellType.FLOAT32);
    for (int column = 0; column < columns; column++) {
      if (content.isVectors() && !RowSink.fitsFloat(row[column])) {
        throw misfit(column, "a finite float32", row[column]);
      }
      buffer.putFloat((float) row[column]);
    }
  }

  @Override
  public void halves(short[] row) throws IOException {
    begin(row.length, CellType.FLOAT32);
    for (short value : row) {
      buffer.putFloat(Float.float16ToFloat(value));
    }
  }

  @Override
  public void bytes(byte[] row) throws IOException {
    begin(row.length, cellType == CellType.INT8 ? CellType.INT8 : CellType.UINT8);
    buffer.put(row);
  }

  @Override
  public void ints(int[] row) throws IOException {
    begin(row.length, cellType == CellType.FLOAT32 ? CellType.INT32 : cellType);
    for (int value : row) {
      if (cellType == CellType.INT32) {
        buffer.putInt(value);
      } else {
        buffer.put((byte) value);
      }
    }
  }

  @Override
  public void longs(long[] row) throws IOException {
    begin(row.length, CellType.INT32);
    for (int column = 0; column < columns; column++) {
      if (row[column] != (int) row[column]) {
        throw misfit(column, "integers of 32 bits", row[column]);
      }
      buffer.putInt((int) row[column]);
    }
  }

  /// Rows taken so far.
  long rows() {
    return rows;
  }

  /// Writes what is still buffered.
  @Override
  public void close() throws IOException {
    try (out) {
      drain();
    }
  }

  private void begin(int length, CellType given) throws IOException {
    if (given != cellType) {
      throw misfit(0, cellType, given);
    }
    if (length != columns) {
      throw new VectorFileException(
          "row " + (firstRow + rows) + " has another length than row 0", path, 0, columns, length);
    }
    if (buffer.remaining() < columns * cellType.bytes()) {
      drain();
    }
    rows++;
  }

  private VectorFileException misfit(int column, Object expected, Object actual) {
    return new VectorFileException(
        "an element cannot be used: row=" + (firstRow + rows - 1) + ", column=" + column,
        path,
        0,
        expected,
        actual);
  }

  private void drain() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
