package com.omendb.store;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.nio.file.Path;
import java.util.Map;

/// What an open index is, how it was built and where its memory goes.
///
/// @param directory where it lies
/// @param kind name of its [IndexKind]
/// @param formatVersion version of its files
/// @param count vectors in it
/// @param dimension elements a vector
/// @param elementType type of the elements
/// @param metric the distance it was built for
/// @param indexBytes bytes of all its files
/// @param memoryBudgetBytes the budget that it was opened with
/// @param memoryBytes bytes reserved from the budget, by purpose, in a stable order
/// @param settings how it was built and is read, by name, in a stable order
public record IndexInfo(
    Path directory,
    String kind,
    int formatVersion,
    long count,
    int dimension,
    ElementType elementType,
    Metric metric,
    long indexBytes,
    long memoryBudgetBytes,
    Map<String, Long> memoryBytes,
    Map<String, String> settings) {}
