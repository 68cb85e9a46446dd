package com.omendb.datasets.download;

import com.omendb.datasets.files.BinHeader;
import java.util.List;

/// One file of a data set as it is fetched, and what is made of it.
///
/// @param name the file name that the fetched bytes get in the data set's folder
/// @param sources where to fetch it, best first, at least one
/// @param unpacking what is done with it then
/// @param outputs the files that a user works with afterwards, relative to the folder; for a file
///   that stays as it is, its own name
public record DatasetFile(
    String name, List<DownloadSource> sources, Unpacking unpacking, List<String> outputs) {

  /// What is done with a fetched file.
  public sealed interface Unpacking {

    /// Nothing: the file is used as it is.
    record Keep() implements Unpacking {}

    /// Inflate a single gzip file into the one output.
    record Gzip() implements Unpacking {}

    /// Extract the outputs from a gzip-compressed tar archive.
    record TarGzip() implements Unpacking {}

    /// Fetch only the first rows of a large `bin` file, and correct the header to that count.
    ///
    /// @param rows number of rows, at least 1
    /// @param rowBytes bytes of a row, at least 1
    record FirstRows(long rows, int rowBytes) implements Unpacking {
      /// Checks the ranges.
      ///
      /// @throws IllegalArgumentException if one is out of range
      public FirstRows {
        if (rows < 1 || rows > 0xffff_ffffL || rowBytes < 1) {
          throw new IllegalArgumentException(
              "out of range: rows=" + rows + ", rowBytes=" + rowBytes);
        }
      }

      /// Bytes to fetch: the header and the rows.
      long prefixBytes() {
        return BinHeader.BYTES + Math.multiplyExact(rows, (long) rowBytes);
      }
    }

    /// Split a file of row numbers followed by distances (the ground truth of the billion-scale
    /// benchmarks: uint32 queries, uint32 k, int32 rows, float32 distances) into an `ibin` and an
    /// `fbin` output.
    record SplitTruth() implements Unpacking {}
  }

  /// Copies the lists and checks that there is something to fetch and to get.
  ///
  /// @throws IllegalArgumentException if there is nothing to fetch or to get
  public DatasetFile {
    sources = List.copyOf(sources);
    outputs = List.copyOf(outputs);
    if (sources.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException("a file needs sources and outputs: name=" + name);
    }
  }

  /// A file that is used as it is.
  static DatasetFile keep(String name, DownloadSource... sources) {
    return new DatasetFile(name, List.of(sources), new Unpacking.Keep(), List.of(name));
  }
}
