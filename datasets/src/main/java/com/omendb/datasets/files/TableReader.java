package com.omendb.datasets.files;

import com.omendb.datasets.io.TemporaryFile;
import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.Table;
import com.omendb.datasets.tables.TableFile;
import com.omendb.datasets.tables.TableFormat;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// One open file of tables, such as HDF5, whose tables can be mapped as matrices.
///
/// A table that lies in one piece, just as it is needed in memory, is mapped where it is. Any other
/// is converted into a temporary file. Matrices stay open when this is closed. Not thread-safe.
public final class TableReader implements AutoCloseable {
  private final Path path;
  private final Optional<String> tableName;
  private final @Nullable TemporaryFile inflated;
  private final Path plain;
  private final TableFile file;

  /// Rows that were mapped and the type of their elements.
  record Rows(MappedMatrix matrix, CellType cellType) {
    /// The type, of a table of vectors.
    ElementType elementType() {
      return switch (cellType) {
        case FLOAT32 -> ElementType.FLOAT32;
        case UINT8 -> ElementType.UINT8;
        case INT8 -> ElementType.INT8;
        case INT32 -> throw new AssertionError("integers are no vectors");
      };
    }
  }

  /// Reads each format with what is installed when the first file is opened.
  private static final class Formats {
    static final Map<String, TableFormat> BY_EXTENSION = new HashMap<>();

    static {
      add(new NpyFormat());
      ServiceLoader.load(TableFormat.class, TableFormat.class.getClassLoader())
          .forEach(Formats::add);
    }

    private static void add(TableFormat format) {
      for (String extension : format.extensions()) {
        BY_EXTENSION.put(extension, format);
      }
    }
  }

  /// Work of a reader on bytes of unknown origin.
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  /// Opens a file, inflating it first if it is compressed as a whole. A table that the path names
  /// after a `#` takes the place of the one that is meant where none is named.
  ///
  /// @param path the file
  /// @return the open file
  /// @throws VectorFileException if it is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if nothing is installed that reads the format
  public static TableReader open(Path path) throws IOException {
    VectorFormat.TablePath parts = VectorFormat.TablePath.of(path);
    VectorFormat format = VectorFormat.ofPath(path);
    PathCheck.requireFile(parts.file());
    TableFormat installed = Formats.BY_EXTENSION.get(VectorFormat.extension(parts.file()));
    if (installed == null) {
      throw new IllegalArgumentException(
          "nothing is installed that reads such files (omendb-datasets-hdf5, -text and -parquet"
              + " read more formats): path="
              + path);
    }
    return new TableReader(installed, format, parts);
  }

  private TableReader(TableFormat installed, VectorFormat format, VectorFormat.TablePath parts)
      throws IOException {
    this.path = parts.file();
    this.tableName = parts.table();
    this.inflated = VectorFormat.isGzip(path) ? inflate(path, format) : null;
    this.plain = inflated == null ? path : inflated.path();
    try {
      // A missing or unreadable file is not reported as a malformed one.
      Files.newByteChannel(plain).close();
      this.file = guarded(() -> installed.open(path, plain));
    } catch (Throwable e) {
      if (inflated != null) {
        inflated.close();
      }
      throw e;
    }
  }

  private static TemporaryFile inflate(Path path, VectorFormat format) throws IOException {
    TemporaryFile target = TemporaryFile.create(format.extension());
    try {
      Inflater.inflate(path, format, VectorSource.MAX_DIMENSION, MappedMatrix.ALL_ROWS, target);
      return target;
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  /// {@return whether the file has a table that is meant where none is named}
  ///
  /// @param content what the rows are for
  /// @throws VectorFileException if the file is malformed
  public boolean has(Content content) throws IOException {
    return guarded(() -> file.has(content));
  }

  /// {@return the name of the distance that the file says its vectors are for, such as `euclidean`}
  ///
  /// @throws VectorFileException if the file is malformed
  public Optional<String> statedDistance() throws IOException {
    return guarded(file::statedDistance);
  }

  /// Opens the row numbers of neighbours; an integer that does not fit an int32 is refused.
  ///
  /// @return the open matrix, to be closed by the caller
  /// @throws VectorFileException if there is no such table or it is malformed
  public IntMatrix integers() throws IOException {
    Rows rows = rows(Content.NEIGHBOURS, tableName, 0, MappedMatrix.ALL_ROWS);
    return new IntMatrix(rows.matrix);
  }

  /// Opens the distances of neighbours, whatever table the path names.
  ///
  /// @return the open matrix, to be closed by the caller
  /// @throws VectorFileException if there is no such table or it is malformed
  public FloatMatrix distances() throws IOException {
    Rows rows = rows(Content.DISTANCES, Optional.empty(), 0, MappedMatrix.ALL_ROWS);
    return new FloatMatrix(rows.matrix);
  }

  /// Opens a range of vectors.
  ///
  /// @param content base or queries
  /// @throws IllegalArgumentException if the range is not within the rows
  Rows vectors(Content content, long fromRow, long rowCount) throws IOException {
    return rows(content, tableName, fromRow, rowCount);
  }

  /// Closes the file.
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      if (inflated != null) {
        inflated.close();
      }
    }
  }

  private Rows rows(Content content, Optional<String> name, long fromRow, long rowCount)
      throws IOException {
    MappedMatrix.requireRange(fromRow, rowCount);
    Table table = guarded(() -> file.table(content, name));
    CellType cellType = table.cellType();
    requireUse(content, cellType);
    long rowBytes = (long) table.columns() * cellType.bytes();
    OptionalLong rows = table.rows();
    if (rows.isEmpty()) {
      return new Rows(convert(table, content, fromRow, rowCount), cellType);
    }
    if (rows.getAsLong() > Long.MAX_VALUE / rowBytes) {
      throw new VectorFileException(
          "the file promises more rows than a file can hold",
          path,
          0,
          Long.MAX_VALUE / rowBytes,
          rows.getAsLong());
    }
    MatrixShape whole = new MatrixShape(0, rowBytes, rows.getAsLong(), table.columns());
    MatrixShape wanted = whole.rows(fromRow, rowCount, path);
    OptionalLong place = table.storedAt();
    if (place.isPresent()) {
      requireInside(place.getAsLong(), rows.getAsLong(), rowBytes);
      if (place.getAsLong() % cellType.bytes() == 0) {
        MatrixShape placed =
            new MatrixShape(
                place.getAsLong() + wanted.firstOffset(),
                rowBytes,
                wanted.rows(),
                wanted.columns());
        return new Rows(MappedMatrix.ofShape(plain, null, placed), cellType);
      }
    }
    Inflater.requirePossible(path, Files.size(plain), whole.rows() * rowBytes);
    return new Rows(convert(table, content, fromRow, wanted.rows()), cellType);
  }

  private void requireUse(Content content, CellType cellType) throws VectorFileException {
    boolean fits =
        switch (content) {
          case VECTORS, QUERIES -> cellType != CellType.INT32;
          case NEIGHBOURS -> cellType == CellType.INT32;
          case DISTANCES -> cellType == CellType.FLOAT32;
        };
    if (!fits) {
      throw new VectorFileException(
          "the table cannot be used here", path, 0, "elements for " + content, cellType);
    }
  }

  private void requireInside(long place, long rows, long rowBytes) throws IOException {
    long size = Files.size(plain);
    if (place < 0 || place > size || rows > (size - place) / rowBytes) {
      throw new VectorFileException(
          "the rows go on after the end of the file",
          path,
          place,
          rows + " rows of " + rowBytes + " bytes",
          (size - place) + " bytes");
    }
  }

  private MappedMatrix convert(Table table, Content content, long fromRow, long rowCount)
      throws IOException {
    long rowBytes = (long) table.columns() * table.cellType().bytes();
    TemporaryFile target = TemporaryFile.create("rows");
    try {
      if (table.rows().isPresent()) {
        target.requireRoom(rowCount * rowBytes, path);
      }
      RowWriter writer =
          new RowWriter(
              target.output(path), path, content, table.columns(), table.cellType(), fromRow);
      try (writer) {
        guarded(
            () -> {
              table.copy(fromRow, rowCount, writer);
              return writer;
            });
      }
      requireEnough(table, writer.rows(), fromRow, rowCount);
      return MappedMatrix.ofShape(
          target.path(), target, new MatrixShape(0, rowBytes, writer.rows(), table.columns()));
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  private void requireEnough(Table table, long written, long fromRow, long rowCount)
      throws VectorFileException {
    boolean enough = rowCount == MappedMatrix.ALL_ROWS ? written > 0 : written == rowCount;
    if (enough) {
      return;
    }
    if (table.rows().isPresent()) {
      throw new VectorFileException(
          "the file has fewer rows than it promises", path, 0, rowCount, written);
    }
    if (written == 0 && fromRow == 0) {
      throw new VectorFileException("the file holds no rows", path, 0, "at least 1 row", 0);
    }
    throw MatrixShape.tooFewRows(path, fromRow + written, fromRow, rowCount);
  }

  /// Runs code that reads bytes of unknown origin: libraries answer malformed ones with unchecked
  /// exceptions of many kinds, and believe the lengths and the nesting that they find until they
  /// run out of memory.
  private <T> T guarded(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      throw new VectorFileException(
          "the file is malformed",
          path,
          0,
          "a file of its kind",
          String.valueOf(e.getMessage()),
          e);
    }
  }
}
