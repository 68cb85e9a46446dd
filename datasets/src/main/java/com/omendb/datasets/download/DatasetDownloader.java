package com.omendb.datasets.download;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.vectors.Progress;
import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// Fetches public data sets into a folder: resumes what was interrupted, verifies sizes and
/// checksums, unpacks.
///
/// A file that is there already is verified, not fetched again: against its published checksum if
/// there is one, else against the one that was recorded beside it (`X.sha256`) when it first came.
/// A file that the user put there by other means is accepted too. Thread-safe; no two downloads may
/// use the same folder at a time.
public final class DatasetDownloader {
  private static final String PART_SUFFIX = ".part";

  private final HttpFetcher.Patience patience;

  /// A downloader with the normal number of attempts.
  public DatasetDownloader() {
    this(HttpFetcher.Patience.NORMAL);
  }

  DatasetDownloader(HttpFetcher.Patience patience) {
    this.patience = patience;
  }

  /// Makes sure that all files of a data set are in `folder`, whole and right.
  ///
  /// @param folder where to put them; created if it does not exist
  /// @param progress receives the number of bytes fetched, and notes on files that exist
  /// @param dataset which data set to fetch
  /// @return paths of base vectors, queries and ground truth
  /// @throws DownloadException if a file cannot be fetched (the message says which files to fetch
  ///   by other means, and where to put them) or is not the right one
  /// @throws IOException if a file cannot be written or unpacked
  public DatasetFiles download(Dataset dataset, Path folder, Progress progress) throws IOException {
    if (PathCheck.exists(folder)) {
      PathCheck.requireFolder(folder);
    } else {
      Files.createDirectories(folder);
    }
    for (DatasetFile file : dataset.files()) {
      if (!isThere(file, folder, progress)) {
        obtain(dataset, file, folder, progress);
      }
    }
    return new DatasetFiles(
        folder.resolve(dataset.base()),
        folder.resolve(dataset.queries()),
        dataset.truth().map(folder::resolve));
  }

  /// Whether all outputs are there; they are verified then.
  private static boolean isThere(DatasetFile file, Path folder, Progress progress)
      throws IOException {
    for (String output : file.outputs()) {
      if (!Files.exists(folder.resolve(output))) {
        return false;
      }
    }
    for (String output : file.outputs()) {
      Path path = folder.resolve(output);
      boolean fetchedAsIs = file.unpacking() instanceof Unpacking.Keep;
      List<String> published = fetchedAsIs ? publishedSums(file) : List.of();
      if (published.isEmpty()) {
        verifyRecorded(file, path, progress);
      } else {
        requireSum(path, published, "the published one");
      }
      progress.note("there already: " + path);
    }
    return true;
  }

  private static void verifyRecorded(DatasetFile file, Path path, Progress progress)
      throws IOException {
    Optional<String> recorded = Checksums.recorded(path);
    if (recorded.isPresent()) {
      requireSum(path, List.of(recorded.get()), "the one written down in X.sha256");
      return;
    }
    if (file.unpacking() instanceof Unpacking.FirstRows slice) {
      Unpacker.correctHeader(path, slice);
    }
    progress.note("no checksum is known, the present one is written down: " + path);
    Checksums.record(path);
  }

  private static List<String> publishedSums(DatasetFile file) {
    return file.sources().stream().flatMap(source -> source.sha256().stream()).toList();
  }

  private static void requireSum(Path path, List<String> expected, String what) throws IOException {
    String actual = Checksums.sha256(path);
    if (!expected.contains(actual)) {
      throw new DownloadException(
          "the checksum is not "
              + what
              + "; delete the file to fetch it anew: path="
              + path
              + ", expected="
              + String.join(" or ", expected)
              + ", actual="
              + actual);
    }
  }

  /// Fetches a file unless it was put there by other means, and unpacks it.
  private void obtain(Dataset dataset, DatasetFile file, Path folder, Progress progress)
      throws IOException {
    Path fetched = folder.resolve(file.name());
    boolean putThere = Files.exists(fetched);
    if (putThere) {
      List<String> published = publishedSums(file);
      if (!published.isEmpty()) {
        requireSum(fetched, published, "a published one");
      }
    } else {
      fetchFromAny(dataset, file, folder, fetched, progress);
    }
    Set<String> missing = new LinkedHashSet<>(file.outputs());
    missing.removeIf(output -> Files.exists(folder.resolve(output), LinkOption.NOFOLLOW_LINKS));
    Unpacker.unpack(file, fetched, folder, missing);
    for (String output : file.outputs()) {
      if (missing.contains(output) || output.equals(file.name())) {
        Checksums.record(folder.resolve(output));
      } else {
        verifyRecorded(file, folder.resolve(output), progress);
      }
    }
    if (!putThere && !file.outputs().contains(file.name())) {
      Files.delete(fetched);
    }
  }

  private void fetchFromAny(
      Dataset dataset, DatasetFile file, Path folder, Path target, Progress progress)
      throws IOException {
    List<String> reasons = new ArrayList<>();
    List<IOException> failures = new ArrayList<>();
    try (HttpFetcher fetcher = new HttpFetcher(patience)) {
      for (DownloadSource source : file.sources()) {
        if (!source.isHttp()) {
          continue;
        }
        try {
          fetch(fetcher, source, file, target, progress);
          return;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw (InterruptedIOException)
              new InterruptedIOException("interrupted while fetching " + source.address())
                  .initCause(e);
        } catch (IOException e) {
          reasons.add(source.address() + ": " + reason(e));
          failures.add(e);
        }
      }
    }
    if (reasons.isEmpty()) {
      reasons.add("it has no http address");
    }
    DownloadException e =
        new DownloadException(
            "cannot fetch "
                + file.name()
                + " ("
                + String.join("; ", reasons)
                + "). Fetch by other means, then run this again:\n"
                + instructions(dataset, folder));
    failures.forEach(e::addSuppressed);
    throw e;
  }

  private static void fetch(
      HttpFetcher fetcher, DownloadSource source, DatasetFile file, Path target, Progress progress)
      throws IOException, InterruptedException {
    Path part = target.resolveSibling(target.getFileName() + PART_SUFFIX);
    OptionalLong prefixBytes =
        file.unpacking() instanceof Unpacking.FirstRows slice
            ? OptionalLong.of(slice.prefixBytes())
            : OptionalLong.empty();
    fetcher.fetch(
        new HttpFetcher.Wanted(source.address(), source.sizeBytes(), prefixBytes), part, progress);
    if (source.sha256().isPresent()) {
      String actual = Checksums.sha256(part);
      if (!actual.equals(source.sha256().get())) {
        Files.delete(part);
        HttpFetcher.forget(part);
        throw new DownloadException(
            "wrong checksum: expected=" + source.sha256().get() + ", actual=" + actual);
      }
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    HttpFetcher.forget(part);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    String kind = e instanceof ConnectException ? "no connection" : e.getClass().getSimpleName();
    return message == null ? kind : message;
  }

  /// A line for every file that is still missing.
  private static String instructions(Dataset dataset, Path folder) {
    return dataset.files().stream()
        .filter(file -> !Files.exists(folder.resolve(file.name())))
        .map(
            file ->
                "  "
                    + (file.unpacking() instanceof Unpacking.FirstRows slice
                        ? "the first " + slice.prefixBytes() + " bytes of "
                        : "")
                    + file.sources().stream()
                        .map(DownloadSource::describe)
                        .collect(Collectors.joining(", or "))
                    + "\n    as "
                    + folder.resolve(file.name()))
        .collect(Collectors.joining("\n"));
  }
}
