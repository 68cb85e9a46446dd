package com.omendb.datasets;

import java.nio.file.Path;
import java.util.Optional;

/// Where the parts of a downloaded data set are.
///
/// @param base the base vectors
/// @param queries the queries, for [VectorFile#open(Path)]
/// @param truth the ground truth, for [GroundTruth#read(Path)]; empty if none is published
public record DatasetFiles(Path base, Path queries, Optional<Path> truth) {}
