package com.omendb.datasets.files;

import com.omendb.datasets.tables.Content;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The vectors of a file, mapped into memory without a copy.
///
/// A `.gz` file is inflated into a temporary file first, and rows whose bytes do not lie in the
/// file just as they are needed are converted into one: float16, float64, text, most tables.
/// Temporary files go away on close at the latest. The file is checked in full when it is opened:
/// header, sizes, and the length of every row that is asked for. Reading is thread-safe.
/// [#vectors()] must not be used after [#close()].
public final class VectorFile implements AutoCloseable {
  private final Path path;
  private final VectorFormat format;
  private final MappedMatrix matrix;
  private final VectorSource vectors;

  private VectorFile(Path path, VectorFormat format, MappedMatrix matrix, ElementType elementType) {
    this.path = path;
    this.format = format;
    this.matrix = matrix;
    MatrixShape shape = matrix.shape();
    this.vectors =
        new VectorSource(
            matrix.segment(),
            shape.firstOffset(),
            shape.strideBytes(),
            shape.rows(),
            shape.columns(),
            elementType);
  }

  /// Opens all vectors of a file. Of a file of tables those of the table that is meant where none
  /// is named (of HDF5 `train`, of the others the column `vector` or `embedding`), or of the one
  /// named after a `#`, as in `sift.hdf5#test`.
  ///
  /// @param path the file
  /// @return the open file, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension stands for no format of vectors, or for one
  ///   that nothing installed reads
  public static VectorFile open(Path path) throws IOException {
    return open(path, 0, MappedMatrix.ALL_ROWS);
  }

  /// Opens the rows `fromRow` to `fromRow + rowCount` of a file.
  ///
  /// @param fromRow first row, from 0
  /// @param rowCount number of rows, at least 1
  /// @param path the file
  /// @return the open file, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the range is not within the rows, or as [#open(Path)]
  public static VectorFile open(Path path, long fromRow, long rowCount) throws IOException {
    return open(path, fromRow, rowCount, Content.VECTORS);
  }

  /// Opens all queries of a file: as [#open(Path)], but of an HDF5 file the data set `test` unless
  /// one is named after a `#`.
  ///
  /// @param path the file
  /// @return the open file, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException as [#open(Path)]
  public static VectorFile openQueries(Path path) throws IOException {
    return open(path, 0, MappedMatrix.ALL_ROWS, Content.QUERIES);
  }

  /// {@return the name of the distance that a file says it is for, such as `angular`: the attribute
  /// `distance` of an HDF5 file} Files of the other formats state none.
  ///
  /// @param path the file
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the file is HDF5 and nothing that reads it is installed
  public static Optional<String> statedDistance(Path path) throws IOException {
    if (VectorFormat.find(path).filter(VectorFormat.HDF5::equals).isEmpty()) {
      return Optional.empty();
    }
    try (TableReader reader = TableReader.open(path)) {
      return reader.statedDistance();
    }
  }

  private static VectorFile open(Path path, long fromRow, long rowCount, Content content)
      throws IOException {
    VectorFormat format = VectorFormat.ofPath(path);
    if (format.hasTables()) {
      try (TableReader reader = TableReader.open(path)) {
        TableReader.Rows rows = reader.vectors(content, fromRow, rowCount);
        return new VectorFile(path, format, rows.matrix(), rows.elementType());
      }
    }
    ElementType elementType =
        format
            .elementType()
            .orElseThrow(
                () -> new IllegalArgumentException("the file holds integers: path=" + path));
    MappedMatrix matrix =
        MappedMatrix.open(path, format, VectorSource.MAX_DIMENSION, fromRow, rowCount);
    if (format == VectorFormat.F16BIN) {
      try (MappedMatrix halves = matrix) {
        return new VectorFile(path, format, Halves.widen(halves, path), elementType);
      }
    }
    return new VectorFile(path, format, matrix, elementType);
  }

  /// {@return the vectors, valid until this file is closed}
  public VectorSource vectors() {
    return vectors;
  }

  /// {@return the layout of the file}
  public VectorFormat format() {
    return format;
  }

  /// {@return the file that was opened}
  public Path path() {
    return path;
  }

  /// Unmaps the file and deletes its temporary copy, if there is one.
  @Override
  public void close() {
    matrix.close();
  }
}
