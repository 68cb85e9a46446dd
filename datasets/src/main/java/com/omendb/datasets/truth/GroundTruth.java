package com.omendb.datasets.truth;

import com.omendb.datasets.files.FloatMatrix;
import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.TableReader;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.io.MatrixStage;
import com.omendb.datasets.io.StagedFile;
import com.omendb.datasets.tables.Content;
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
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// The exact `k` nearest base rows of every query, nearest first, equal distances by lower row.
///
/// A query that has fewer than `k` true rows has [#EMPTY] in the places behind them.
///
/// Holds native memory that is freed with the garbage collector's help; there is nothing to close.
/// Immutable and thread-safe.
///
/// @param queryCount number of queries
/// @param k neighbours a query
/// @param ids row numbers in the base as int32, `[queryCount][k]`
/// @param distances their distances as float32, `[queryCount][k]`; an empty segment if not known
public record GroundTruth(long queryCount, int k, MemorySegment ids, MemorySegment distances) {
  /// Stands for no row in the files of many programs.
  public static final int EMPTY = -1;

  private static final String IDS_EXTENSION = ".ibin";

  /// Suffixes of the file with distances beside a file with row numbers, in order of preference.
  private static final List<String> DISTANCES_SUFFIXES = List.of(".distances.fbin", ".sqdist.fbin");

  /// Checks the shapes.
  ///
  /// @throws IllegalArgumentException if there are no queries or neighbours, or the segments are
  ///   not of their size
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

  /// Requires that recall@k of so many queries can be measured with this truth.
  ///
  /// @param queries number of queries
  /// @param neighbours k, the number of neighbours a query
  /// @throws IllegalArgumentException if it is of another number of queries or has fewer neighbours
  public void requireFits(long queries, int neighbours) {
    if (queryCount != queries) {
      throw new IllegalArgumentException(
          "the ground truth is of other queries: truthQueries="
              + queryCount
              + ", queries="
              + queries);
    }
    if (neighbours < 1 || neighbours > k) {
      throw new IllegalArgumentException(
          "k out of range 1.." + k + " of the ground truth: k=" + neighbours);
    }
  }

  /// Computes the exact nearest rows by comparing every query with every base vector.
  ///
  /// @param k neighbours a query; where there are fewer base vectors, [#EMPTY] and an infinite
  ///   distance stand for the rest
  /// @param threads threads to compute with, at least 1
  /// @param progress receives the number of compared pairs
  /// @param base the base vectors
  /// @param queries the query vectors
  /// @param metric the metric to compare with
  /// @return the exact neighbours
  /// @throws IllegalArgumentException if base and queries do not fit each other, `k` or `threads`
  ///   is out of range, or a vector is unusable
  /// @throws com.omendb.vectors.WorkInterruptedException if the calling thread is interrupted
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

  /// {@return row number of the neighbour at `rank`, 0 being the nearest}
  ///
  /// @param query row of the query, from 0
  /// @param rank 0 for the nearest
  /// @throws IndexOutOfBoundsException if there is no such query or rank
  public int id(long query, int rank) {
    return ids.getAtIndex(NativeMemory.INT, cell(query, rank));
  }

  /// {@return number of true rows of a query: the places before the [#EMPTY] ones}
  ///
  /// @param query row of the query, from 0
  /// @throws IndexOutOfBoundsException if there is no such query
  public int count(long query) {
    int count = k;
    while (count > 0 && id(query, count - 1) == EMPTY) {
      count--;
    }
    return count;
  }

  /// {@return distance of the neighbour at `rank`, in the metric that the truth was computed with}
  ///
  /// @param query row of the query, from 0
  /// @param rank 0 for the nearest
  /// @throws IndexOutOfBoundsException if there is no such query or rank
  /// @throws IllegalStateException if the distances are not known
  public float distance(long query, int rank) {
    if (!hasDistances()) {
      throw new IllegalStateException("this ground truth has no distances");
    }
    return distances.getAtIndex(NativeMemory.FLOAT, cell(query, rank));
  }

  /// {@return whether distances are known}
  public boolean hasDistances() {
    return distances.byteSize() != 0;
  }

  /// {@return where [#write] puts the distances that belong to a file of row numbers}
  ///
  /// @param ibin the file of row numbers; its name ends in `.ibin`
  /// @throws IllegalArgumentException if the name does not end in `.ibin`
  public static Path distancesFile(Path ibin) {
    requireIbin(ibin);
    return sibling(ibin, DISTANCES_SUFFIXES.getFirst());
  }

  /// Writes the row numbers to `gt.ibin` and the distances, if known, to `gt.distances.fbin` beside
  /// it.
  ///
  /// @param ibin the file of row numbers; its name ends in `.ibin`
  /// @throws IllegalArgumentException if the name does not end in `.ibin`
  /// @throws IOException if a file cannot be written; existing files stay then
  public void write(Path ibin) throws IOException {
    requireIbin(ibin);
    // Both are whole before one of them takes its name: they belong together.
    try (StagedFile rows = MatrixStage.write(ibin, false, ids, k)) {
      if (hasDistances()) {
        try (StagedFile file = MatrixStage.write(distancesFile(ibin), false, distances, k)) {
          file.publish();
        }
      }
      rows.publish();
    }
  }

  private static void requireIbin(Path ibin) {
    if (!ibin.toString().endsWith(IDS_EXTENSION)) {
      throw new IllegalArgumentException(
          "ground truth is written to a file that ends in " + IDS_EXTENSION + ": path=" + ibin);
    }
  }

  /// Reads row numbers from an `ibin` or `ivecs` file, and distances from the same file if they
  /// follow the row numbers, as in the ground truths of the billion-scale benchmarks, or else from
  /// the file beside it whose name has `.distances.fbin` or `.sqdist.fbin` in place of the
  /// extension, if there is one. A file with an extension that stands for no format is read as
  /// `ibin`.
  ///
  /// Of an ann-benchmarks HDF5 file, reads the data sets `neighbors`, or the one named after a `#`,
  /// and `distances`; Euclidean distances are squared to become those of [Metric#SQUARED_L2], inner
  /// products are negated, and distances of other kinds than these and angular ones are left out.
  ///
  /// @param path the file
  /// @return the exact neighbours
  /// @throws VectorFileException if a file is malformed or the two differ in shape
  /// @throws IOException if a file cannot be read
  /// @throws IllegalArgumentException if the extension stands for a format without integers, or for
  ///   one that nothing installed reads
  public static GroundTruth read(Path path) throws IOException {
    VectorFormat format = VectorFormat.find(path).orElse(VectorFormat.IBIN);
    if (format.hasTables()) {
      return readTables(path);
    }
    Arena arena = Arena.ofAuto();
    try (IntMatrix rows = IntMatrix.open(path, format)) {
      MemorySegment ids = rows.copy(arena);
      Optional<MemorySegment> behind = rows.distances(arena);
      if (behind.isPresent()) {
        return new GroundTruth(rows.rows(), rows.columns(), ids, behind.get());
      }
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
    try (FloatMatrix matrix = FloatMatrix.openFbin(path)) {
      requireShape(path, matrix, rows, columns);
      return matrix.copy(arena);
    }
  }

  private static GroundTruth readTables(Path path) throws IOException {
    Arena arena = Arena.ofAuto();
    try (TableReader reader = TableReader.open(path);
        IntMatrix rows = reader.integers()) {
      MemorySegment ids = rows.copy(arena);
      String name = reader.statedDistance().orElse("");
      Optional<Metric> metric = metricOf(name);
      if (metric.isEmpty() || !reader.has(Content.DISTANCES)) {
        return new GroundTruth(rows.rows(), rows.columns(), ids, MemorySegment.NULL);
      }
      try (FloatMatrix matrix = reader.distances()) {
        requireShape(path, matrix, rows.rows(), rows.columns());
        GroundTruth truth = new GroundTruth(rows.rows(), rows.columns(), ids, matrix.copy(arena));
        return TruthReading.ofScale(scaleInHdf5(metric.get(), name, truth)).applyTo(truth);
      }
    }
  }

  private static Optional<Metric> metricOf(String name) {
    try {
      return Optional.of(Metric.ofLabel(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// How the distances of a metric are written to HDF5 files: inner products by some programs as
  /// they are, with the largest first.
  private static TruthReading.Scale scaleInHdf5(Metric metric, String name, GroundTruth truth) {
    return switch (metric) {
      case SQUARED_L2 ->
          name.toLowerCase(Locale.ROOT).contains("sq")
              ? TruthReading.Scale.SAME
              : TruthReading.Scale.ROOTS;
      case INNER_PRODUCT ->
          truth.distance(0, 0) > truth.distance(0, truth.k - 1)
              ? TruthReading.Scale.NEGATED
              : TruthReading.Scale.SAME;
      case COSINE -> TruthReading.Scale.SAME;
    };
  }

  private static void requireShape(Path path, FloatMatrix shape, long rows, int columns)
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
    int dot = stem.lastIndexOf('.');
    return path.resolveSibling((dot < 0 ? stem : stem.substring(0, dot)) + suffix);
  }

  private long cell(long query, int rank) {
    return Objects.checkIndex(query, queryCount) * k + Objects.checkIndex(rank, k);
  }
}
