package com.omendb.datasets.download;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.List;
import java.util.Optional;

/// A public set of vectors: what it is, and which files it consists of.
///
/// @param name the name on the command line
/// @param description one line for people
/// @param count number of base vectors
/// @param dimension elements of a vector
/// @param elementType type of an element
/// @param metric the metric of its ground truth
/// @param queryCount number of queries
/// @param files the files to fetch
/// @param base path of the base vectors after the download, relative to the folder
/// @param queries path of the queries; for HDF5 the same file with `#test` after its name
/// @param truth path of the ground truth; empty if none is published for this set
public record Dataset(
    String name,
    String description,
    long count,
    int dimension,
    ElementType elementType,
    Metric metric,
    long queryCount,
    List<DatasetFile> files,
    String base,
    String queries,
    Optional<String> truth) {

  /// Copies the list.
  public Dataset {
    files = List.copyOf(files);
  }
}
