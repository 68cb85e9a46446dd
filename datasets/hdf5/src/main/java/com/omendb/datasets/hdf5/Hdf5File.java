package com.omendb.datasets.hdf5;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.RowSink;
import com.omendb.datasets.tables.Table;
import com.omendb.datasets.tables.TableFile;
import com.omendb.vectors.VectorSource;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// One open HDF5 file.
///
/// A data set that lies in one piece, with little-endian elements of a type that OmenDB has, is
/// stored as it is needed. Anything else (chunks, compression, big-endian, float16, float64, int64)
/// is converted, a block of rows at a time. Not thread-safe.
final class Hdf5File implements TableFile {
  /// Bytes of rows that are converted on the heap at a time.
  private static final int BLOCK_BYTES = 4 << 20;

  /// Larger chunks are refused: they would take memory without making reading faster.
  private static final long MAX_CHUNK_BYTES = 256L << 20;

  private static final String DISTANCE_ATTRIBUTE = "distance";

  @FunctionalInterface
  private interface Parser<T> {
    T parse() throws IOException;
  }

  private final Path path;
  private final HdfFile file;

  /// Opens an HDF5 file.
  ///
  /// @param plain where its bytes lie uncompressed
  /// @throws VectorFileException if it is no HDF5 file
  Hdf5File(Path path, Path plain) throws IOException {
    this.path = path;
    this.file = parse(path, "the file is no HDF5 file", "an HDF5 file", () -> new HdfFile(plain));
  }

  /// Looks up a data set. Vectors may be float16, float32, float64, uint8 or int8, distances of the
  /// same except the last two, neighbours int32 or int64.
  @Override
  public Table table(Content content, Optional<String> name) throws IOException {
    int maxColumns = content.isVectors() ? VectorSource.MAX_DIMENSION : Content.MAX_NEIGHBOURS;
    return table(name.orElse(defaultName(content)), maxColumns);
  }

  @Override
  public boolean has(Content content) throws IOException {
    return parse(
        path,
        "the list of data sets is malformed",
        "names",
        () -> children().contains(defaultName(content)));
  }

  /// The data sets of an ann-benchmarks file.
  private static String defaultName(Content content) {
    return switch (content) {
      case VECTORS -> "train";
      case QUERIES -> "test";
      case NEIGHBOURS -> "neighbors";
      case DISTANCES -> "distances";
    };
  }

  /// The name of the distance that the file says its `distances` are, such as `euclidean`.
  @Override
  public Optional<String> statedDistance() throws IOException {
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

  @Override
  public void close() {
    file.close();
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
          CellType cell = cell(name, type);
          boolean stored =
              type.getSize() == cell.bytes()
                  && isLittleEndian(type)
                  && dataset instanceof ContiguousDataset contiguous
                  && contiguous.getDataAddress() >= 0;
          return new DataSet(name, dataset, dimensions[0], (int) dimensions[1], cell, stored);
        });
  }

  private Set<String> children() {
    return file.getChildren().keySet();
  }

  private CellType cell(String name, DataType type) throws VectorFileException {
    int bytes = type.getSize();
    return switch (type) {
      case FloatingPoint _ when bytes == Float.BYTES || bytes == Double.BYTES -> CellType.FLOAT32;
      case FloatingPoint floating when isFloat16(floating) -> CellType.FLOAT32;
      case FixedPoint fixed when bytes == 1 -> fixed.isSigned() ? CellType.INT8 : CellType.UINT8;
      case FixedPoint _ when bytes == Integer.BYTES || bytes == Long.BYTES -> CellType.INT32;
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

  /// A data set as its own header describes it.
  private final class DataSet implements Table {
    private final String name;
    private final Dataset dataset;
    private final long rows;
    private final int columns;
    private final CellType cell;
    private final boolean stored;

    /// A data set.
    ///
    /// @param stored whether the elements lie in the file just as they are needed
    DataSet(String name, Dataset dataset, long rows, int columns, CellType cell, boolean stored) {
      this.name = name;
      this.dataset = dataset;
      this.rows = rows;
      this.columns = columns;
      this.cell = cell;
      this.stored = stored;
    }

    @Override
    public OptionalLong rows() {
      return OptionalLong.of(rows);
    }

    @Override
    public int columns() {
      return columns;
    }

    @Override
    public CellType cellType() {
      return cell;
    }

    @Override
    public OptionalLong storedAt() {
      return stored
          ? OptionalLong.of(
              ((ContiguousDataset) dataset).getDataAddress() + file.getUserBlockSize())
          : OptionalLong.empty();
    }

    @Override
    public void copy(long fromRow, long rowCount, RowSink sink) throws IOException {
      long perBlock = Math.clamp(BLOCK_BYTES / ((long) columns * cell.bytes()), 1, rowCount);
      if (dataset instanceof ChunkedDataset chunked) {
        // Whole chunks at a time, where that is not too much: a chunk is unpacked for every block.
        int chunkRows = chunkRows(chunked);
        perBlock = Math.max(1, perBlock / chunkRows) * Math.min(chunkRows, perBlock);
      }
      for (long row = 0; row < rowCount; row += perBlock) {
        int count = (int) Math.min(perBlock, rowCount - row);
        long[] from = {fromRow + row, 0};
        int[] shape = {count, columns};
        Object data =
            parse(
                path,
                "the data set " + name + " cannot be read at row " + from[0],
                "rows",
                () -> dataset.getData(from, shape));
        if (!(data instanceof Object[] block) || block.length != count) {
          throw malformed(name, count + " rows", data.getClass().getSimpleName());
        }
        for (Object values : block) {
          put(values, sink);
        }
      }
    }

    /// Rows of a chunk, whose bytes the library takes before it reads them.
    private int chunkRows(ChunkedDataset chunked) throws IOException {
      int[] chunk = parse(path, "chunks of " + name, "a shape", chunked::getChunkDimensions);
      long bytes = dataset.getDataType().getSize();
      for (int length : chunk) {
        bytes = length < 1 || bytes > MAX_CHUNK_BYTES ? Long.MAX_VALUE : bytes * length;
      }
      if (chunk.length != 2 || bytes > MAX_CHUNK_BYTES) {
        throw malformed(
            name, "chunks of up to " + MAX_CHUNK_BYTES + " bytes", Arrays.toString(chunk));
      }
      return chunk[0];
    }

    private void put(Object row, RowSink sink) throws IOException {
      switch (row) {
        case float[] values -> sink.floats(values);
        case double[] values -> sink.doubles(values);
        case byte[] values -> sink.bytes(values);
        case int[] values -> sink.ints(values);
        case long[] values -> sink.longs(values);
        default -> throw malformed(name, "numbers", row.getClass().getSimpleName());
      }
    }
  }
}
