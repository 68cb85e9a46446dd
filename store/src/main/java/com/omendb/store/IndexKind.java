package com.omendb.store;

import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/// A kind of index, found with [ServiceLoader]: how to build one and how to open one.
///
/// Implementations are stateless and thread-safe.
public interface IndexKind {

  /// The name of the kind that is built by default: upper HNSW layers in memory over a Vamana graph
  /// in SSD pages.
  String HYBRID = "hybrid";

  /// The name of the kind without the layers: a Vamana graph in SSD pages, entered at its medoid.
  String DISKANN = "diskann";

  /// {@return the name that the manifest records, such as [#HYBRID]}
  String name();

  /// {@return whether the directory holds an index of this kind}
  ///
  /// @param directory of the index
  /// @throws IOException if the directory has no readable manifest
  boolean recognizes(Path directory) throws IOException;

  /// Opens the index in a directory; see [AnnIndex#open].
  ///
  /// @param directory of the index
  /// @param options memory budget, concurrent searches, reports
  /// @return the open index
  /// @throws IOException as there
  /// @throws IllegalArgumentException as there
  AnnIndex open(Path directory, OpenOptions options) throws IOException;

  /// Builds an index; see [AnnIndex#build].
  ///
  /// @param vectors the vectors to index, readable by all threads
  /// @param ids one id for each row of `vectors`
  /// @param directory of the index
  /// @param options how to build it
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return size, time and settings of the new index
  /// @throws IOException as there
  /// @throws IllegalArgumentException as there
  BuildReport build(
      VectorSource vectors, VectorIds ids, Path directory, BuildOptions options, Progress progress)
      throws IOException;

  /// {@return the memory, disk space and time that [#build] would take, computed without building}
  ///
  /// @param vectors the shape of the vectors, which need not exist
  /// @param inputBytes bytes of the vectors in memory that is not a mapped file; 0 for vectors in a
  ///   file
  /// @param options how the index would be built
  /// @throws IllegalArgumentException if an option does not fit the shape, or this kind makes no
  ///   forecasts
  default BuildForecast forecastBuild(VectorShape vectors, long inputBytes, BuildOptions options) {
    throw new IllegalArgumentException("this kind of index makes no forecasts: kind=" + name());
  }

  /// Fails as [#build] would if an index may not be made in a directory, and changes nothing.
  ///
  /// @param directory of the index
  /// @param options how the index would be built
  /// @throws IOException if it may not
  default void checkTarget(Path directory, BuildOptions options) throws IOException {}

  /// Fails as [#build] would before the end of its first phase, in any directory: for options that
  /// do not fit the vectors, a budget that is too small, or vectors that cannot be indexed. It
  /// reads every vector. It does not check the room on the disk, which [#forecastBuild] states.
  ///
  /// @param progress receives phases and units of work done; any thread may call it
  /// @param vectors the vectors that would be indexed
  /// @param options how the index would be built
  /// @throws IllegalArgumentException if the build would fail, with the reason
  default void checkInput(VectorSource vectors, BuildOptions options, Progress progress) {}

  /// {@return memory and search cost of an index that [#build] would make of such vectors}
  ///
  /// @param vectors number, dimension and element type of the vectors, which need not exist
  /// @param build how it would be built
  /// @param open how it would be opened
  /// @throws IllegalArgumentException if the memory budget of `open` is too small, with the
  ///   smallest that works, or this kind makes no forecasts
  default ServingForecast forecastServing(
      VectorShape vectors, BuildOptions build, OpenOptions open) {
    throw new IllegalArgumentException("this kind of index makes no forecasts: kind=" + name());
  }

  /// {@return whether [#verify] works for indexes of this kind}
  default boolean verifies() {
    return false;
  }

  /// Checks the files of an index; see [AnnIndex#verify]. Also called when the manifest is damaged,
  /// so that no kind recognizes the directory: then the report says so.
  ///
  /// @param directory of the index
  /// @param options how much to check, with how much memory and how many threads
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return what was found
  /// @throws IOException as there
  /// @throws IllegalArgumentException as there
  /// @throws UnsupportedOperationException if indexes of this kind cannot be verified
  default VerifyReport verify(Path directory, VerifyOptions options, Progress progress)
      throws IOException {
    throw new UnsupportedOperationException(
        "indexes of this kind cannot be verified: kind=" + name());
  }

  /// {@return whether [#repair] works, for indexes of this kind and those of its relatives}
  default boolean repairs() {
    return false;
  }

  /// Makes a whole index of a damaged one; see [AnnIndex#repair]. The manifest may be damaged, so
  /// this method finds out what kind the index is.
  ///
  /// @param damaged directory of the damaged index
  /// @param repaired directory of the new index, absent or empty
  /// @param source the vectors that the index was built from; empty to repair without them
  /// @param options memory budget and threads of the repair
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return what was found and made
  /// @throws IOException as there
  /// @throws IllegalArgumentException as there
  /// @throws UnsupportedOperationException if indexes of this kind cannot be repaired
  default RepairReport repair(
      Path damaged,
      Path repaired,
      Optional<VectorSource> source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    throw new UnsupportedOperationException(
        "indexes of this kind cannot be repaired: kind=" + name());
  }

  /// {@return the kinds that are installed, by name}
  static List<IndexKind> installed() {
    return InstalledKinds.all();
  }

  /// {@return the installed kind of this name, ignoring case}
  ///
  /// @param name the name that a kind states, in any case
  /// @throws IllegalArgumentException if there is none
  static IndexKind named(String name) {
    for (IndexKind kind : installed()) {
      if (kind.name().equalsIgnoreCase(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "unknown kind of index: kind=" + name + ", installed: " + InstalledKinds.names());
  }

  /// {@return the kind of the index in a directory}
  ///
  /// @param directory of the index
  /// @throws IOException if there is no index or no installed kind recognizes it
  static IndexKind forDirectory(Path directory) throws IOException {
    for (IndexKind kind : installed()) {
      if (kind.recognizes(directory)) {
        return kind;
      }
    }
    throw new IOException(
        "no installed kind of index can open "
            + directory
            + ", installed: "
            + InstalledKinds.names());
  }

  /// {@return the kind to verify a directory with: the one that recognizes it; if the manifest
  /// cannot be read, the one that it states as far as it can be, or else any that verifies}
  ///
  /// @param directory of the index
  /// @throws IOException if there is no index or nothing installed can verify it
  static IndexKind forVerifying(Path directory) throws IOException {
    try {
      return forDirectory(directory);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      return statedOrFirst(directory, IndexKind::verifies).orElseThrow(() -> e);
    }
  }

  /// {@return the kind to repair an index with: the one that its manifest states, as far as that
  /// can be read, or else any that repairs}
  ///
  /// @param directory of the index
  /// @throws IllegalArgumentException if none is installed
  static IndexKind forRepairing(Path directory) {
    return statedOrFirst(directory, IndexKind::repairs)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no installed kind of index can be repaired, installed: "
                        + InstalledKinds.names()));
  }

  private static Optional<IndexKind> statedOrFirst(Path directory, Predicate<IndexKind> can) {
    String stated = "";
    try {
      stated = Manifest.statedKind(directory);
    } catch (IOException _) {
      // The kind says what is wrong with the directory.
    }
    String wanted = stated;
    List<IndexKind> able = installed().stream().filter(can).toList();
    return able.stream()
        .filter(kind -> kind.name().equals(wanted))
        .findFirst()
        .or(() -> able.stream().findFirst());
  }
}
