package com.omendb.diskann.search;

import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.pagecache.PageCache;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.nio.file.Path;

/// The parts of an open index that every search reads. Immutable and thread-safe.
///
/// @param pagesPath the file of the pages, for messages
/// @param nodeCount nodes in the base layer
/// @param dimension elements a vector
/// @param elementType type of the elements
/// @param metric distance of the index
/// @param pageBytes bytes a page
/// @param largestDegree the most neighbours of a node
/// @param medoid the node from which all others can be reached
/// @param directory which page holds a node
/// @param codes codes in memory
/// @param cache pages in memory
public record BaseLayer(
    Path pagesPath,
    int nodeCount,
    int dimension,
    ElementType elementType,
    Metric metric,
    int pageBytes,
    int largestDegree,
    int medoid,
    PageDirectory directory,
    CodesFile codes,
    PageCache cache) {}
