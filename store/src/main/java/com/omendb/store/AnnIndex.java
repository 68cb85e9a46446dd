package com.omendb.store;

import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.snapshot.SnapshotReport;
import com.omendb.store.snapshot.Snapshots;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An approximate-nearest-neighbour index in a directory, opened for searching under a memory
/// budget.
///
/// Thread-safe. An interrupt does not end a search; it stays pending. [#close()] waits for the
/// searches that are running and fails those that still wait for a searcher. It returns when the
/// index is closed, even if another thread closed it first. Later calls fail with
/// [IllegalStateException].
public interface AnnIndex extends AutoCloseable {

  /// Opens the index in a directory, whatever its kind.
  ///
  /// @param directory of the index
  /// @param options memory budget, concurrent searches, reports
  /// @return the open index
  /// @throws java.nio.file.NoSuchFileException if the directory holds no index
  /// @throws com.omendb.errors.CorruptFileException if the index is damaged
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote it
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small; the message
  ///   says the smallest that works
  /// @throws IOException if it cannot be read, or no kind that is installed can open it
  /// @throws IllegalArgumentException if a read engine is asked for that does not work here
  static AnnIndex open(Path directory, OpenOptions options) throws IOException {
    return IndexKind.forDirectory(directory).open(directory, options);
  }

  /// Opens the index in a directory with the [OpenOptions#defaults], in 1 GiB of memory.
  ///
  /// @param directory of the index
  /// @return the open index
  /// @throws IOException as [#open(Path, OpenOptions)]
  /// @throws com.omendb.errors.MemoryBudgetException if 1 GiB is too small
  static AnnIndex open(Path directory) throws IOException {
    return open(directory, OpenOptions.defaults());
  }

  /// Builds an index of `options.kind()` from `vectors` in `directory`. Row i gets the id i. The
  /// vectors may lie in a confined arena of the calling thread.
  ///
  /// The index appears in `directory` complete or not at all; an older one there stays whole until
  /// that moment.
  ///
  /// @param vectors the vectors to index, at least one; their memory must stay open and unchanged
  ///   until this returns
  /// @param directory of the index
  /// @param options kind, metric, memory budget, threads and the rest
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return size, time and settings of the new index
  /// @throws java.nio.file.FileAlreadyExistsException if the directory holds an index that may not
  ///   be overwritten, or something that is no index
  /// @throws com.omendb.errors.BuildInterruptedException if the calling thread is interrupted
  /// @throws com.omendb.errors.DirectoryLockedException if another process writes into the
  ///   directory
  /// @throws com.omendb.errors.DiskSpaceException if the index has no room
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small; the message
  ///   says the smallest that works
  /// @throws IOException if the directory cannot be written
  /// @throws IllegalArgumentException if an option or a vector is unusable; the message says what
  static BuildReport build(
      VectorSource vectors, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    return build(vectors, VectorIds.rows(), directory, options, progress);
  }

  /// Builds an index and reports no progress.
  ///
  /// @param vectors the vectors to index, at least one; their memory must stay open and unchanged
  ///   until this returns
  /// @param directory of the index
  /// @param options kind, metric, memory budget, threads and the rest
  /// @return size, time and settings of the new index
  /// @throws IOException as [#build(VectorSource, Path, BuildOptions, Progress)]
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small
  /// @throws IllegalArgumentException if an option or a vector is unusable
  static BuildReport build(VectorSource vectors, Path directory, BuildOptions options)
      throws IOException {
    return build(vectors, directory, options, Progress.NONE);
  }

  /// Builds an index with the [BuildOptions#defaults], in 4 GiB of memory.
  ///
  /// @param vectors the vectors to index, at least one; their memory must stay open and unchanged
  ///   until this returns
  /// @param directory of the index
  /// @return size, time and settings of the new index
  /// @throws IOException as [#build(VectorSource, Path, BuildOptions, Progress)]
  /// @throws com.omendb.errors.MemoryBudgetException if 4 GiB are too small
  /// @throws IllegalArgumentException if a vector is unusable
  static BuildReport build(VectorSource vectors, Path directory) throws IOException {
    return build(vectors, directory, BuildOptions.defaults());
  }

  /// Builds an index whose searches return ids of the caller's own.
  ///
  /// @param ids one id for each row of `vectors`
  /// @param vectors the vectors to index, at least one; their memory must stay open and unchanged
  ///   until this returns
  /// @param directory of the index
  /// @param options kind, metric, memory budget, threads and the rest
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return size, time and settings of the new index
  /// @throws IOException as [#build(VectorSource, Path, BuildOptions, Progress)]
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small
  /// @throws IllegalArgumentException if an option or a vector is unusable, there are not as many
  ///   ids as vectors, or two are equal
  static BuildReport build(
      VectorSource vectors, VectorIds ids, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    ids.require(vectors.count());
    return IndexKind.named(options.kind())
        .build(vectors.forAllThreads("base vectors"), ids, directory, options, progress);
  }

  /// Builds an index whose searches return ids of the caller's own, with the
  /// [BuildOptions#defaults], in 4 GiB of memory.
  ///
  /// @param ids one id for each row of `vectors`
  /// @param vectors the vectors to index, at least one; their memory must stay open and unchanged
  ///   until this returns
  /// @param directory of the index
  /// @return size, time and settings of the new index
  /// @throws IOException as [#build(VectorSource, Path, BuildOptions, Progress)]
  /// @throws com.omendb.errors.MemoryBudgetException if 4 GiB are too small
  /// @throws IllegalArgumentException if a vector is unusable, there are not as many ids as
  ///   vectors, or two are equal
  static BuildReport build(VectorSource vectors, VectorIds ids, Path directory) throws IOException {
    return build(vectors, ids, directory, BuildOptions.defaults(), Progress.NONE);
  }

  /// Builds an index of vectors that are read once, one after another. Until the index is built,
  /// they are kept in an unnamed file on the volume of the index, which the operating system
  /// deletes when the process ends; the memory budget is that of `options`. A build of this kind is
  /// not resumed.
  ///
  /// @param rows gives the vectors and their ids, each once
  /// @param directory of the index
  /// @param options kind, metric, memory budget, threads and the rest
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return size, time and settings of the new index
  /// @throws IOException if `rows` throws it, or as [#build(VectorSource, Path, BuildOptions,
  ///   Progress)]
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small
  /// @throws IllegalArgumentException if an option or a vector is unusable, there are no vectors,
  ///   or two ids are equal
  static BuildReport build(RowReader rows, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    checkTarget(directory, options);
    try (Arena arena = Arena.ofShared()) {
      SpooledRows spooled = SpooledRows.of(rows, directory, progress, arena);
      return build(spooled.vectors(), spooled.ids(), directory, options, progress);
    }
  }

  /// Fails as [#build] would if an index may not be made in a directory, and changes nothing.
  ///
  /// @param directory of the index
  /// @param options how it would be built; only the kind and `overwrite` matter
  /// @throws java.nio.file.FileAlreadyExistsException if the directory holds an index that may not
  ///   be overwritten, or something that is no index
  /// @throws com.omendb.errors.DirectoryLockedException if another process writes into the
  ///   directory
  /// @throws IOException if it cannot be looked at
  /// @throws IllegalArgumentException if there is no such kind of index
  static void checkTarget(Path directory, BuildOptions options) throws IOException {
    IndexKind.named(options.kind()).checkTarget(directory, options);
  }

  /// Fails as [#build] would for these vectors in any directory; see [IndexKind#checkInput].
  ///
  /// @param vectors the vectors that would be indexed; all of them are read
  /// @param options how the index would be built
  /// @param progress receives phases and units of work done; any thread may call it
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small
  /// @throws IllegalArgumentException if an option or a vector is unusable
  /// @throws com.omendb.vectors.WorkInterruptedException if the calling thread is interrupted
  static void checkInput(VectorSource vectors, BuildOptions options, Progress progress) {
    IndexKind.named(options.kind()).checkInput(vectors, options, progress);
  }

  /// {@return what [#build] would use, without building; see [IndexKind#forecastBuild]}
  ///
  /// @param vectors number, dimension and element type of the vectors, which need not exist
  /// @param options how the index would be built
  /// @throws IllegalArgumentException if an option does not fit the shape, or the kind makes no
  ///   forecasts
  static BuildForecast forecastBuild(VectorShape vectors, BuildOptions options) {
    return IndexKind.named(options.kind()).forecastBuild(vectors, 0, options);
  }

  /// {@return memory and search cost of an index that [#build] would make; see
  /// [IndexKind#forecastServing]}
  ///
  /// @param vectors number, dimension and element type of the vectors, which need not exist
  /// @param build how it would be built
  /// @param open how it would be opened
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget of `open` is too small
  /// @throws IllegalArgumentException if an option does not fit the shape, or the kind makes no
  ///   forecasts
  static ServingForecast forecastServing(
      VectorShape vectors, BuildOptions build, OpenOptions open) {
    return IndexKind.named(build.kind()).forecastServing(vectors, build, open);
  }

  /// Checks the files of the index in a directory without opening it. The report says what is wrong
  /// with them; damage is no exception.
  ///
  /// @param directory of the index
  /// @param options how much to check, with how much memory and how many threads
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return what was found
  /// @throws java.nio.file.NoSuchFileException if the directory holds no index
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote it
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small; the message
  ///   says the smallest that works
  /// @throws IOException if no kind that is installed can check it
  static VerifyReport verify(Path directory, VerifyOptions options, Progress progress)
      throws IOException {
    return IndexKind.forVerifying(directory).verify(directory, options, progress);
  }

  /// Makes a whole index of what is left of a damaged one, in a new directory. The damaged one is
  /// not changed.
  ///
  /// The repair computes what it can from the rest: codes from vectors, edges of lost records from
  /// their neighbours, graphs, layers and the manifest from the records. Vectors in lost pages are
  /// taken from the source, if there is one. Without a source the new index lacks them, and the
  /// report lists their ids.
  ///
  /// @param source the vectors that the index was built from, in the same order; empty to repair
  ///   without them
  /// @param damaged directory of the damaged index
  /// @param repaired directory of the new index, absent or empty
  /// @param options memory budget and threads of the repair
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return what was found and made
  /// @throws java.nio.file.NoSuchFileException if the directory holds no index
  /// @throws com.omendb.errors.UnrepairableException if too little is left
  /// @throws java.nio.file.FileAlreadyExistsException if the new directory exists and holds
  ///   something
  /// @throws com.omendb.errors.BuildInterruptedException if the calling thread is interrupted
  /// @throws com.omendb.errors.DirectoryLockedException if another process writes into the new
  ///   directory
  /// @throws com.omendb.errors.DiskSpaceException if the new index has no room
  /// @throws com.omendb.errors.MemoryBudgetException if the memory budget is too small; the message
  ///   says the smallest that works
  /// @throws IOException if the new directory cannot be written
  /// @throws IllegalArgumentException if the source is not that of the index
  static RepairReport repair(
      Path damaged,
      Path repaired,
      Optional<VectorSource> source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    return IndexKind.forRepairing(damaged)
        .repair(
            damaged,
            repaired,
            source.map(vectors -> vectors.forAllThreads("source vectors")),
            options,
            progress);
  }

  /// Writes the index in a directory into an archive of one file; see [Snapshots#write].
  ///
  /// @param directory of the index
  /// @param archive the file to write
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return ids, files and bytes of the snapshot
  /// @throws java.nio.file.NoSuchFileException if the directory holds no index
  /// @throws java.nio.file.FileAlreadyExistsException if the archive exists
  /// @throws com.omendb.errors.CorruptFileException if the index is damaged
  /// @throws com.omendb.errors.IndexChangedException if the index is replaced meanwhile
  /// @throws com.omendb.errors.DiskSpaceException if the archive has no room
  /// @throws IOException if the archive cannot be written
  /// @throws IllegalArgumentException if the archive lies in the directory of the index, or its
  ///   path names no file
  static SnapshotReport snapshot(Path directory, Path archive, Progress progress)
      throws IOException {
    return Snapshots.write(directory, archive, List.of(), false, progress);
  }

  /// Makes an index directory of an archive that [#snapshot] wrote; see [Snapshots#restore].
  ///
  /// @param archive the file that [#snapshot] wrote
  /// @param directory of the index; created if it does not exist
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return ids, files and bytes of the snapshot
  /// @throws com.omendb.errors.CorruptFileException if the archive is damaged
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote it
  /// @throws com.omendb.errors.MissingBaseException if it was written against another archive,
  ///   which is needed too
  /// @throws java.nio.file.FileAlreadyExistsException if the directory exists and holds something
  /// @throws com.omendb.errors.DirectoryLockedException if another process writes into the
  ///   directory
  /// @throws com.omendb.errors.DiskSpaceException if the index has no room
  /// @throws IOException if the archive cannot be read, or the directory not be written
  static SnapshotReport restore(Path archive, Path directory, Progress progress)
      throws IOException {
    return Snapshots.restore(archive, List.of(), directory, false, progress);
  }

  /// {@return the names of the kinds of index that are installed, in order}
  static List<String> installedKinds() {
    return IndexKind.installed().stream().map(IndexKind::name).toList();
  }

  /// {@return what the index is and how it was built}
  IndexInfo info();

  /// Finds the nearest neighbours of a query with a pooled [Searcher].
  ///
  /// @param request the query, k and the effort of the search
  /// @return the neighbours and what the search cost
  /// @throws IllegalArgumentException if the request does not fit the index
  /// @throws com.omendb.errors.CorruptFileException if a page that the search needs fails its
  ///   checksum twice, and the request is not `degraded`; the message names file and page
  /// @throws com.omendb.errors.UnreadablePageException if the device does not give such a page
  /// @throws IOException if the index cannot be read otherwise
  /// @throws IllegalStateException if the index is closed
  SearchResult search(SearchRequest request) throws IOException;

  /// Finds the nearest neighbours of a float32 query with the index's default effort; see
  /// [#search(SearchRequest)].
  ///
  /// @param k neighbours wanted, 1 to 10,000; of an index with fewer vectors all are found
  /// @param query the query vector
  /// @return the neighbours and what the search cost
  /// @throws IOException as [#search(SearchRequest)]
  /// @throws IllegalArgumentException if k is out of range, the index is not of float32, or the
  ///   query is not of its dimension or cannot be compared
  /// @throws IllegalStateException if the index is closed
  default SearchResult search(float[] query, int k) throws IOException {
    return search(SearchRequest.of(query, k));
  }

  /// Searches for several queries side by side with a pooled [Searcher]; see
  /// [Searcher#searchBatch].
  ///
  /// @param requests the queries, each with its k and effort
  /// @return the results in the order of the requests
  /// @throws IOException as [#search(SearchRequest)], for the first that fails
  /// @throws IllegalArgumentException if a request does not fit the index; nothing is searched then
  /// @throws IllegalStateException if the index is closed
  List<SearchResult> searchBatch(List<SearchRequest> requests) throws IOException;

  /// {@return a searcher for the calling thread to keep and reuse, one of those that the index was
  /// opened for: a thread that holds them all and calls [#search] waits for itself}
  ///
  /// @throws IllegalStateException if every searcher is lent or busy, or the index is closed
  Searcher newSearcher();

  @Override
  void close();
}
