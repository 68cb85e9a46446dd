package com.omendb.datasets.parquet;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.RowSink;
import com.omendb.datasets.tables.Table;
import com.omendb.vectors.VectorSource;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.LayerKind;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.SchemaNode.PrimitiveNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;

/// A column of lists of FLOAT or DOUBLE, one list a vector. The first list says how many elements
/// each has.
///
/// How many rows there are is known after the last: a few bytes can stand for any number of equal
/// ones, so what the footer promises is no measure for the room they need.
final class ListColumn implements Table {
  /// Rows that are decoded at a time: 8 MiB of the longest.
  private static final int BATCH_ROWS = 128;

  private final Path path;
  private final ParquetFileReader reader;
  private final PrimitiveNode elements;
  private final int columns;

  private ListColumn(Path path, ParquetFileReader reader, PrimitiveNode elements, int columns) {
    this.path = path;
    this.reader = reader;
    this.elements = elements;
    this.columns = columns;
  }

  /// Reads the length of the first list.
  ///
  /// @throws VectorFileException if there is none
  static ListColumn open(Path path, ParquetFileReader reader, PrimitiveNode elements)
      throws IOException {
    ListColumn column = new ListColumn(path, reader, elements, 0);
    try (ColumnReader batches = column.batches(1)) {
      if (!batches.nextBatch() || batches.getRecordCount() < 1) {
        throw new VectorFileException("the file holds no rows", path, 0, "at least 1 row", 0);
      }
      int[] offsets = column.offsets(batches, 0);
      int length = offsets[1] - offsets[0];
      if (length < 1 || length > VectorSource.MAX_DIMENSION) {
        throw new VectorFileException(
            "the length of a list is out of range: row=0",
            path,
            0,
            "1.." + VectorSource.MAX_DIMENSION,
            length);
      }
      return new ListColumn(path, reader, elements, length);
    }
  }

  @Override
  public OptionalLong rows() {
    return OptionalLong.empty();
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public CellType cellType() {
    return CellType.FLOAT32;
  }

  @Override
  public void copy(long fromRow, long rowCount, RowSink sink) throws IOException {
    try (ColumnReader batches = batches(BATCH_ROWS)) {
      long firstRow = 0;
      while (batches.nextBatch()) {
        int count = batches.getRecordCount();
        int[] offsets = offsets(batches, firstRow);
        for (int i = 0; i < count; i++) {
          long row = firstRow + i;
          if (row - fromRow >= rowCount) {
            return;
          }
          if (row >= fromRow) {
            copy(batches, offsets, i, row, sink);
          }
        }
        firstRow += count;
      }
    }
  }

  private void copy(ColumnReader batches, int[] offsets, int record, long row, RowSink sink)
      throws IOException {
    int from = offsets[record];
    int to = offsets[record + 1];
    if (to - from != columns) {
      throw new VectorFileException(
          "row " + row + " has another length than row 0", path, 0, columns, to - from);
    }
    Validity validity = batches.getLeafValidity();
    if (validity.hasNulls()) {
      int missing = validity.nextNull(from, to);
      if (missing >= from && missing < to) {
        throw new VectorFileException(
            "an element is null: row=" + row + ", column=" + (missing - from),
            path,
            0,
            "a number",
            "null");
      }
    }
    if (elements.type() == PhysicalType.FLOAT) {
      sink.floats(Arrays.copyOfRange(batches.getFloats(), from, to));
    } else {
      sink.doubles(Arrays.copyOfRange(batches.getDoubles(), from, to));
    }
  }

  private ColumnReader batches(int rows) {
    return reader.buildColumnReader(elements.columnIndex()).batchSize(rows).build();
  }

  /// Where each list of a batch begins among the elements, and the end of the last; lists that are
  /// null are refused.
  private int[] offsets(ColumnReader batches, long firstRow) throws VectorFileException {
    int count = batches.getRecordCount();
    for (int layer = 0; layer < batches.getLayerCount(); layer++) {
      Validity validity = batches.getLayerValidity(layer);
      if (validity.hasNulls()) {
        int missing = validity.nextNull(0, count);
        if (missing >= 0 && missing < count) {
          throw new VectorFileException(
              "a list is null: row=" + (firstRow + missing), path, 0, "a list", "null");
        }
      }
      if (batches.getLayerKind(layer) == LayerKind.REPEATED) {
        int[] offsets = batches.getLayerOffsets(layer);
        if (offsets.length <= count || offsets[count] > batches.getValueCount()) {
          throw new VectorFileException(
              "the lists go on after their elements", path, 0, count, offsets.length);
        }
        return offsets;
      }
    }
    throw new VectorFileException("the column holds no lists", path, 0, "lists", "none");
  }
}
