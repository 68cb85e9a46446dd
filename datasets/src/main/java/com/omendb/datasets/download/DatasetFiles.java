package com.omendb.datasets.download;

import java.nio.file.Path;
import java.util.Optional;

/// Where the parts of a downloaded data set are.
///
/// @param base the base vectors
/// @param queries the queries, for [com.omendb.datasets.files.VectorFile#open(Path)]
/// @param truth the ground truth, for [com.omendb.datasets.truth.GroundTruth#read(Path)]; empty if
///   none is published
public record DatasetFiles(Path base, Path queries, Optional<Path> truth) {}
