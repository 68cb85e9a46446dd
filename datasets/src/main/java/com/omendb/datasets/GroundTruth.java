package com.omendb.datasets;

import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The exact `k` nearest base rows of every query, nearest first, equal distances by lower row.
///
/// Holds native memory that is freed with the garbage collector's help; there is nothing to close.
/// Immutable and thread-safe.
///
/// @param queryCount number of queries
/// @param k neighbours a query
/// @param ids row numbers in the base as int32, `[queryCount][k]`
/// @param distances their distances as float32, `[queryCount][k]`; an empty segment if not known
public record GroundTruth(long queryCount, int k, MemorySegment ids, MemorySegment distances) {
  private static final String IDS_EXTENSION = ".ibin";

  /// Suffixes of the file with distances beside a file with row numbers, in order of preference.
  private static final List<String> DISTANCES_SUFFIXES = List.of(".distances.fbin", ".sqdist.fbin");

  /// Checks the shapes.
  public GroundTruth {
    if (queryCount < 1 || k < 1) {
      throw new IllegalArgumentException(
          "ground truth needs queries and neighbours: queryCount=" + queryCount + ", k=" + k);
    }
    long expected = Math.multiplyExact(Math.multiplyExact(queryCount, k), (long) Integer.BYTES);
    if (ids.byteSize() != expected) {
      throw new IllegalArgumentException(
          "ids must take " + expected + " bytes: idsBytes=" + ids.byteSize());
    }
    if (distances.byteSize() != 0 && distances.byteSize() != expected) {
      throw new IllegalArgumentException(
          "distances must take "
              + expected
              + " bytes or none: distancesBytes="
              + distances.byteSize());
    }
    ids = ids.asReadOnly();
    distances = distances.asReadOnly();
  }

  /// Computes the exact nearest rows by comparing every query with every base vector.
  ///
  /// @param k neighbours a query, at most the number of base vectors
  /// @param threads threads to compute with, at least 1
  /// @param progress told of the compared pairs
  /// @throws IllegalArgumentException if base and queries do not fit each other or `k` is out of
  ///   range
  public static GroundTruth compute(
      VectorSource base,
      VectorSource queries,
      Metric metric,
      int k,
      int threads,
      Progress progress) {
    return BruteForce.compute(
        base.forAllThreads("base vectors"),
        queries.forAllThreads("query vectors"),
        metric,
        k,
        threads,
        progress);
  }

  /// Row number of the neighbour at `rank`, 0 being the nearest.
  ///
  /// @throws IndexOutOfBoundsException if there is no such query or rank
  public int id(long query, int rank) {
    return ids.getAtIndex(NativeMemory.INT, cell(query, rank));
  }

  /// Distance of the neighbour at `rank`, in the metric that the truth was computed with.
  ///
  /// @throws IndexOutOfBoundsException if there is no such query or rank
  /// @throws IllegalStateException if the distances are not known
  public float distance(long query, int rank) {
    if (!hasDistances()) {
      throw new IllegalStateException("this ground truth has no distances");
    }
    return distances.getAtIndex(NativeMemory.FLOAT, cell(query, rank));
  }

  /// Whether distances are known.
  public boolean hasDistances() {
    return distances.byteSize() != 0;
  }

  /// Writes the row numbers to `gt.ibin` and the distances, if known, to `gt.distances.fbin` beside
  /// it.
  ///
  /// @throws IllegalArgumentException if the name does not end in `.ibin`
  /// @throws IOException if a file cannot be written; none is left half written
  public void write(Path ibin) throws IOException {
    if (!ibin.toString().endsWith(IDS_EXTENSION)) {
      throw new IllegalArgumentException(
          "ground truth is written to a file that ends in " + IDS_EXTENSION + ": path=" + ibin);
    }
    if (hasDistances()) {
      MatrixFiles.writeFloats(sibling(ibin, DISTANCES_SUFFIXES.getFirst()), distances, k);
    }
    MatrixFiles.writeInts(ibin, ids, k);
  }

  /// Reads row numbers from an `ibin` or `ivecs` file, and distances from the file beside it whose
  /// name has `.distances.fbin` or `.sqdist.fbin` in place of the extension, if there is one.
  ///
  /// Of an ann-benchmarks HDF5 file, reads the data sets `neighbors` and `distances`; Euclidean
  /// distances are squared to become those of [Metric#SQUARED_L2], and distances other than
  /// Euclidean and angular ones are left out.
  ///
  /// @throws VectorFileException if a file is malformed or the two differ in shape
  /// @throws IOException if a file cannot be read
  public static GroundTruth read(Path path) throws IOException {
    if (VectorFormat.ofPath(path) == VectorFormat.HDF5) {
      return readHdf5(path);
    }
    Arena arena = Arena.ofAuto();
    try (IntMatrix rows = IntMatrix.open(path)) {
      MemorySegment ids = rows.copy(arena);
      Optional<Path> beside =
          DISTANCES_SUFFIXES.stream()
              .map(suffix -> sibling(path, suffix))
              .filter(Files::exists)
              .findFirst();
      MemorySegment distances =
          beside.isPresent()
              ? readDistances(beside.get(), rows.rows(), rows.columns(), arena)
              : MemorySegment.NULL;
      return new GroundTruth(rows.rows(), rows.columns(), ids, distances);
    }
  }

  private static MemorySegment readDistances(Path path, long rows, int columns, Arena arena)
      throws IOException {
    try (MappedMatrix matrix =
        MappedMatrix.open(
            path, VectorFormat.FBIN, IntMatrix.MAX_COLUMNS, 0, MappedMatrix.ALL_ROWS)) {
      requireShape(path, matrix.shape(), rows, columns);
      return matrix.copy(arena);
    }
  }

  private static GroundTruth readHdf5(Path path) throws IOException {
    Arena arena = Arena.ofAuto();
    try (Hdf5Reader reader = new Hdf5Reader(path);
        MappedMatrix rows = reader.integers(Hdf5Reader.NEIGHBORS)) {
      MatrixShape shape = rows.shape();
      MemorySegment distances = MemorySegment.NULL;
      String name = reader.distanceName().orElse("");
      boolean squared = name.equals("euclidean");
      if ((squared || name.equals("angular")) && reader.has(Hdf5Reader.DISTANCES)) {
        try (MappedMatrix matrix = reader.floats(Hdf5Reader.DISTANCES)) {
          requireShape(path, matrix.shape(), shape.rows(), shape.columns());
          distances = matrix.copy(arena);
        }
      }
      if (squared) {
        square(distances);
      }
      return new GroundTruth(shape.rows(), shape.columns(), rows.copy(arena), distances);
    }
  }

  private static void square(MemorySegment distances) {
    for (long at = 0; at < distances.byteSize(); at += Float.BYTES) {
      float distance = distances.get(NativeMemory.FLOAT, at);
      distances.set(NativeMemory.FLOAT, at, distance * distance);
    }
  }

  private static void requireShape(Path path, MatrixShape shape, long rows, int columns)
      throws VectorFileException {
    if (shape.rows() != rows || shape.columns() != columns) {
      throw new VectorFileException(
          "the distances differ in shape from the row numbers beside them",
          path,
          0,
          rows + " x " + columns,
          shape.rows() + " x " + shape.columns());
    }
  }

  private static Path sibling(Path path, String suffix) {
    String name = String.valueOf(path.getFileName());
    String stem = VectorFormat.isGzip(path) ? name.substring(0, name.length() - 3) : name;
    return path.resolveSibling(stem.substring(0, stem.lastIndexOf('.')) + suffix);
  }

  private long cell(long query, int rank) {
    return Objects.checkIndex(query, queryCount) * k + Objects.checkIndex(rank, k);
  }
}
