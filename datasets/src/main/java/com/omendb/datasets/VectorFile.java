package com.omendb.datasets;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The vectors of a file, mapped into memory without a copy.
///
/// A `.gz` file is inflated into a temporary file first, and so is an HDF5 data set unless its
/// bytes lie in the file just as they are needed; the temporary file goes away on close at the
/// latest. The file is checked in full when it is opened: header, sizes, and the length of every
/// row that is asked for. Reading is thread-safe. [#vectors()] must not be used after [#close()].
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

  /// Opens all vectors of a file; of an HDF5 file those of the data set `train`, or of the one
  /// named after a `#`, as in `sift.hdf5#test`.
  ///
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension stands for no format of vectors
  public static VectorFile open(Path path) throws IOException {
    return open(path, 0, MappedMatrix.ALL_ROWS);
  }

  /// Opens the rows `fromRow` to `fromRow + rowCount` of a file.
  ///
  /// @param fromRow first row, from 0
  /// @param rowCount number of rows, at least 1
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the range is not within the rows, or the extension stands
  ///   for no format of vectors
  public static VectorFile open(Path path, long fromRow, long rowCount) throws IOException {
    return open(path, fromRow, rowCount, Hdf5Reader.TRAIN);
  }

  /// Opens all queries of a file: as [#open(Path)], but of an HDF5 file the data set `test` unless
  /// one is named after a `#`.
  ///
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension stands for no format of vectors
  public static VectorFile openQueries(Path path) throws IOException {
    return open(path, 0, MappedMatrix.ALL_ROWS, Hdf5Reader.TEST);
  }

  /// The name of the distance that a file says it is for, such as `angular`: the attribute
  /// `distance` of an HDF5 file. Files of the other formats state none.
  ///
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  public static Optional<String> statedDistance(Path path) throws IOException {
    if (VectorFormat.find(path).filter(VectorFormat.HDF5::equals).isEmpty()) {
      return Optional.empty();
    }
    try (Hdf5Reader reader = new Hdf5Reader(VectorFormat.hdf5Path(path, "").file())) {
      return reader.distanceName();
    }
  }

  private static VectorFile open(Path path, long fromRow, long rowCount, String dataset)
      throws IOException {
    VectorFormat format = VectorFormat.ofPath(path);
    if (format == VectorFormat.HDF5) {
      VectorFormat.Hdf5Path parts = VectorFormat.hdf5Path(path, dataset);
      return openHdf5(parts.file(), parts.dataset(), fromRow, rowCount);
    }
    ElementType elementType =
        format
            .elementType()
            .orElseThrow(
                () -> new IllegalArgumentException("the file holds integers: path=" + path));
    MappedMatrix matrix =
        MappedMatrix.open(path, format, VectorSource.MAX_DIMENSION, fromRow, rowCount);
    return new VectorFile(path, format, matrix, elementType);
  }

  /// Opens a data set of an ann-benchmarks HDF5 file, such as `train` (the base) or `test` (the
  /// queries). Elements may be float16, float32, float64 (both become float32), uint8 or int8.
  ///
  /// @throws VectorFileException if the file is malformed or has no such data set
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension is not that of HDF5
  public static VectorFile openHdf5(Path path, String dataset) throws IOException {
    if (VectorFormat.ofPath(path) != VectorFormat.HDF5) {
      throw new IllegalArgumentException("only HDF5 files have named data sets: path=" + path);
    }
    return openHdf5(path, dataset, 0, MappedMatrix.ALL_ROWS);
  }

  private static VectorFile openHdf5(Path path, String dataset, long fromRow, long rowCount)
      throws IOException {
    try (Hdf5Reader reader = new Hdf5Reader(path)) {
      Hdf5Reader.Vectors opened = reader.vectors(dataset, fromRow, rowCount);
      return new VectorFile(path, VectorFormat.HDF5, opened.matrix(), opened.elementType());
    }
  }

  /// The vectors, valid until this file is closed.
  public VectorSource vectors() {
    return vectors;
  }

  /// The layout of the file.
  public VectorFormat format() {
    return format;
  }

  /// The file that was opened.
  public Path path() {
    return path;
  }

  /// Unmaps the file and deletes what was unpacked for it.
  @Override
  public void close() {
    matrix.close();
  }
}
