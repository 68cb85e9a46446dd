package com.omendb.datasets;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.files.PathCheck;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One open HDF5 file, whose two-dimensional data sets can be mapped as matrices.
///
/// A data set that lies in one piece, with little-endian elements of a type that OmenDB has, is
/// mapped where it is. Anything else (chunks, compression, big-endian, float16, float64, int64) is
/// converted into a temporary file, a block of rows at a time. Not thread-safe.
final class Hdf5Reader implements AutoCloseable {
  /// Bytes of rows that are converted on the heap at a time.
  private static final int BLOCK_BYTES = 4 << 20;

  /// Larger chunks are refused: whoever wrote them wants memory, not speed.
  private static final long MAX_CHUNK_BYTES = 256L << 20;

  /// Data sets of an ann-benchmarks file: base, queries, exact neighbours and their distances.
  static final String TRAIN = "train";

  static final String TEST = "test";
  static final String NEIGHBORS = "neighbors";
  static final String DISTANCES = "distances";

  private static final String DISTANCE_ATTRIBUTE = "distance";

  /// A matrix of vectors and the type of its elements.
  record Vectors(MappedMatrix matrix, ElementType elementType) {}

  /// What a data set's elements become here.
  private enum Cell {
    FLOAT32(4),
    UINT8(1),
    INT8(1),
    INT32(4);

    private final int bytes;

    Cell(int bytes) {
      this.bytes = bytes;
    }
  }

  /// A data set as its own header describes it.
  ///
  /// @param stored whether the elements lie in the file just as they are needed
  private record Table(Dataset dataset, long rows, int columns, Cell cell, boolean stored) {}

  @FunctionalInterface
  private interface Parser<T> {
    T parse() throws IOException;
  }

  private final Path path;
  private final @Nullable TemporaryFile inflated;
  private final Path plain;
  private final HdfFile file;

  /// Opens an HDF5 file, inflating it first if it is compressed as a whole.
  ///
  /// @throws VectorFileException if it is no HDF5 file
  Hdf5Reader(Path path) throws IOException {
    PathCheck.requireFile(path);
    this.path = path;
    this.inflated = VectorFormat.isGzip(path) ? inflate(path) : null;
    this.plain = inflated == null ? path : inflated.path();
    try {
      // What is missing or unreadable is told apart from what is malformed.
      Files.newByteChannel(plain).close();
      this.file = parse(path, "the file is no HDF5 file", "an HDF5 file", () -> new HdfFile(plain));
    } catch (Throwable e) {
      if (inflated != null) {
        inflated.close();
      }
      throw e;
    }
  }

  /// Opens rows of a data set of float16, float32, float64, uint8 or int8 elements; float64 is
  /// rounded.
  ///
  /// @throws VectorFileException if there is no such data set or it is malformed
  /// @throws IllegalArgumentException if the range is not within the rows
  Vectors vectors(String dataset, long fromRow, long rowCount) throws IOException {
    MappedMatrix.requireRange(fromRow, rowCount);
    Table table = table(dataset, VectorSource.MAX_DIMENSION);
    ElementType elementType =
        switch (table.cell) {
          case FLOAT32 -> ElementType.FLOAT32;
          case UINT8 -> ElementType.UINT8;
          case INT8 -> ElementType.INT8;
          case INT32 -> throw wrongType(dataset, "vector elements", table);
        };
    return new Vectors(matrix(dataset, table, fromRow, rowCount), elementType);
  }

  /// Opens a data set of int32 or int64 elements; an int64 that does not fit an int32 is refused.
  ///
  /// @throws VectorFileException if there is no such data set or it is malformed
  MappedMatrix integers(String dataset) throws IOException {
    Table table = table(dataset, IntMatrix.MAX_COLUMNS);
    if (table.cell != Cell.INT32) {
      throw wrongType(dataset, "integers", table);
    }
    return matrix(dataset, table, 0, MappedMatrix.ALL_ROWS);
  }

  /// Opens a data set of float16, float32 or float64 elements of any row length.
  ///
  /// @throws VectorFileException if there is no such data set or it is malformed
  MappedMatrix floats(String dataset) throws IOException {
    Table table = table(dataset, IntMatrix.MAX_COLUMNS);
    if (table.cell != Cell.FLOAT32) {
      throw wrongType(dataset, "floats", table);
    }
    return matrix(dataset, table, 0, MappedMatrix.ALL_ROWS);
  }

  /// Whether the file has a data set of this name.
  boolean has(String dataset) throws IOException {
    return parse(
        path, "the list of data sets is malformed", "names", () -> children().contains(dataset));
  }

  /// The name of the distance that the file says its `distances` are, such as `euclidean`.
  Optional<String> distanceName() throws IOException {
    return parse(
        path,
        "the attribute " + DISTANCE_ATTRIBUTE + " is malformed",
        "a text",
        () -> {
          if (!file.getAttributes().containsKey(DISTANCE_ATTRIBUTE)) {
            return Optional.empty();
          }
          Object data = file.getAttribute(DISTANCE_ATTRIBUTE).getData();
          boolean alone = data instanceof String[] texts && texts.length == 1;
          return Optional.of(alone ? ((String[]) data)[0] : String.valueOf(data));
        });
  }

  /// Closes the file; matrices that were opened stay open.
  @Override
  public void close() {
    file.close();
    if (inflated != null) {
      inflated.close();
    }
  }

  private static TemporaryFile inflate(Path path) throws IOException {
    TemporaryFile target = TemporaryFile.create(VectorFormat.HDF5.extension());
    try {
      Inflater.inflate(
          path, VectorFormat.HDF5, VectorSource.MAX_DIMENSION, MappedMatrix.ALL_ROWS, target);
      return target;
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  private Table table(String name, int maxColumns) throws IOException {
    return parse(
        path,
        "the data set " + name + " is malformed",
        "a matrix",
        () -> {
          Node node = children().contains(name) ? file.getChild(name) : null;
          if (!(node instanceof Dataset dataset)) {
            throw new VectorFileException(
                "the file has no such data set", path, 0, name, children());
          }
          long[] dimensions = dataset.getDimensionsAsLong();
          if (dimensions.length != 2 || dimensions[0] < 1) {
            throw malformed(name, "rows and columns", dimensions.length + " dimensions");
          }
          if (dimensions[1] < 1 || dimensions[1] > maxColumns) {
            throw malformed(name, "row length 1.." + maxColumns, dimensions[1]);
          }
          DataType type = dataset.getDataType();
          Cell cell = cell(name, type);
          boolean stored =
              type.getSize() == cell.bytes
                  && isLittleEndian(type)
                  && dataset instanceof ContiguousDataset contiguous
                  && contiguous.getDataAddress() >= 0;
          return new Table(dataset, dimensions[0], (int) dimensions[1], cell, stored);
        });
  }

  private Set<String> children() {
    return file.getChildren().keySet();
  }

  private Cell cell(String name, DataType type) throws VectorFileException {
    int bytes = type.getSize();
    return switch (type) {
      case FloatingPoint _ when bytes == Float.BYTES || bytes == Double.BYTES -> Cell.FLOAT32;
      case FloatingPoint floating when isFloat16(floating) -> Cell.FLOAT32;
      case FixedPoint fixed when bytes == 1 -> fixed.isSigned() ? Cell.INT8 : Cell.UINT8;
      case FixedPoint _ when bytes == Integer.BYTES || bytes == Long.BYTES -> Cell.INT32;
      default ->
          throw malformed(
              name,
              "float16, float32, float64, uint8, int8, int32 or int64",
              type.getClass().getSimpleName() + " of " + bytes + " bytes");
    };
  }

  /// Whether the bits are those of IEEE 754 half precision: other numbers of two bytes exist.
  private static boolean isFloat16(FloatingPoint type) {
    return type.getSize() == Short.BYTES
        && type.getExponentSize() == 5
        && type.getMantissaSize() == 10;
  }

  private static boolean isLittleEndian(DataType type) {
    return switch (type) {
      case FloatingPoint floating -> floating.getByteOrder() == ByteOrder.LITTLE_ENDIAN;
      case FixedPoint fixed ->
          fixed.getSize() == 1 || fixed.getByteOrder() == ByteOrder.LITTLE_ENDIAN;
      default -> false;
    };
  }

  private MappedMatrix matrix(String name, Table table, long fromRow, long rowCount)
      throws IOException {
    long rowBytes = (long) table.columns * table.cell.bytes;
    if (table.rows > Long.MAX_VALUE / rowBytes) {
      throw malformed(name, "rows that a file can hold", table.rows);
    }
    MatrixShape whole = new MatrixShape(0, rowBytes, table.rows, table.columns);
    MatrixShape wanted = whole.rows(fromRow, rowCount, path);
    if (table.stored) {
      long address = ((ContiguousDataset) table.dataset).getDataAddress() + file.getUserBlockSize();
      requireInside(name, address, table.rows, rowBytes);
      MatrixShape placed =
          new MatrixShape(
              address + wanted.firstOffset(), rowBytes, wanted.rows(), wanted.columns());
      return MappedMatrix.ofShape(plain, null, placed);
    }
    Inflater.requirePossible(path, Files.size(plain), whole.rows() * rowBytes);
    TemporaryFile target = TemporaryFile.create("rows");
    try {
      target.requireRoom(wanted.rows() * rowBytes, path);
      convert(name, table, fromRow, wanted.rows(), target);
      return MappedMatrix.ofShape(
          target.path(), target, new MatrixShape(0, rowBytes, wanted.rows(), wanted.columns()));
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  private void requireInside(String name, long address, long rows, long rowBytes)
      throws IOException {
    long size = Files.size(plain);
    if (address < 0 || address > size || rows > (size - address) / rowBytes) {
      throw new VectorFileException(
          "the data set " + name + " goes on after the end of the file",
          path,
          address,
          rows + " rows of " + rowBytes + " bytes",
          (size - address) + " bytes");
    }
  }

  private void convert(String name, Table table, long fromRow, long rowCount, TemporaryFile target)
      throws IOException {
    long rowBytes = (long) table.columns * table.cell.bytes;
    long perBlock = Math.clamp(BLOCK_BYTES / rowBytes, 1, rowCount);
    if (table.dataset instanceof ChunkedDataset chunked) {
      // Whole chunks at a time, where that is not too much: a chunk is unpacked for every block.
      int chunkRows = chunkRows(name, table, chunked);
      perBlock = Math.max(1, perBlock / chunkRows) * Math.min(chunkRows, perBlock);
    }
    try (OutputStream out = target.output()) {
      for (long row = 0; row < rowCount; row += perBlock) {
        int rows = (int) Math.min(perBlock, rowCount - row);
        long[] from = {fromRow + row, 0};
        int[] shape = {rows, table.columns};
        byte[] block =
            parse(
                path,
                "the data set " + name + " cannot be read at row " + from[0],
                "rows",
                () -> block(name, table, table.dataset.getData(from, shape), rows));
        out.write(block);
      }
    }
  }

  /// Rows of a chunk, whose bytes the library takes before it reads them.
  private int chunkRows(String name, Table table, ChunkedDataset chunked) throws IOException {
    int[] chunk = parse(path, "chunks of " + name, "a shape", chunked::getChunkDimensions);
    long bytes = table.dataset.getDataType().getSize();
    for (int length : chunk) {
      bytes = length < 1 || bytes > MAX_CHUNK_BYTES ? Long.MAX_VALUE : bytes * length;
    }
    if (chunk.length != 2 || bytes > MAX_CHUNK_BYTES) {
      throw malformed(
          name, "chunks of up to " + MAX_CHUNK_BYTES + " bytes", Arrays.toString(chunk));
    }
    return chunk[0];
  }

  private byte[] block(String name, Table table, Object data, int rows) throws IOException {
    int rowBytes = table.columns * table.cell.bytes;
    ByteBuffer block =
        ByteBuffer.allocate(Math.multiplyExact(rows, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (Object row : (Object[]) data) {
      put(name, table.cell, row, block);
    }
    if (block.hasRemaining()) {
      throw malformed(name, rows + " rows", block.remaining() + " bytes too few");
    }
    return block.array();
  }

  private void put(String name, Cell cell, Object row, ByteBuffer target)
      throws VectorFileException {
    switch (row) {
      case float[] values -> {
        for (float value : values) {
          target.putFloat(value);
        }
      }
      case double[] values -> {
        for (double value : values) {
          target.putFloat((float) value);
        }
      }
      case byte[] values -> target.put(values);
      case int[] values when cell == Cell.UINT8 -> {
        for (int value : values) {
          target.put((byte) value);
        }
      }
      case int[] values -> {
        for (int value : values) {
          target.putInt(value);
        }
      }
      case long[] values -> {
        for (long value : values) {
          if (value != (int) value) {
            throw malformed(name, "integers of 32 bits", value);
          }
          target.putInt((int) value);
        }
      }
      default -> throw malformed(name, "numbers", row.getClass().getSimpleName());
    }
  }

  private VectorFileException wrongType(String name, String expected, Table table) {
    return malformed(name, expected, table.cell);
  }

  private VectorFileException malformed(String name, Object expected, Object actual) {
    return new VectorFileException(
        "the data set " + name + " cannot be used here", path, 0, expected, actual);
  }

  /// Runs code of the HDF5 library, which answers malformed bytes with unchecked exceptions of many
  /// kinds, and believes the lengths and the nesting that it finds until it runs out of memory.
  private static <T> T parse(Path path, String what, Object expected, Parser<T> parser)
      throws IOException {
    try {
      return parser.parse();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      throw new VectorFileException(what, path, 0, expected, String.valueOf(e.getMessage()), e);
    }
  }
}
