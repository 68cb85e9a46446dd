package com.omendb.diskann.checking;

import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.NeighbourCodec;
import com.omendb.diskann.pages.PageView;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;

/// Sizes of a base layer, by a header that fits the manifest.
///
/// @param pageBytes bytes a page
/// @param pageCount pages without the header page
/// @param nodeCount nodes in them
/// @param dimension elements a vector
/// @param elementType type of the elements
/// @param metric distance of the index
/// @param largestDegree the most neighbours of a node
/// @param medoid the node from which all others can be reached
/// @param codec of the lists of neighbours
record BaseShape(
    int pageBytes,
    int pageCount,
    int nodeCount,
    int dimension,
    ElementType elementType,
    Metric metric,
    int largestDegree,
    int medoid,
    NeighbourCodec codec) {

  static BaseShape of(CheckedFile pages, Manifest manifest) {
    BasePageFormat.Header header = BasePageFormat.read(pages.header());
    return new BaseShape(
        pages.header().pageBytes(),
        (int) pages.header().pageCount(),
        (int) header.nodeCount(),
        manifest.dimension(),
        manifest.elementType(),
        manifest.metric(),
        (int) Math.min(header.largestDegree(), NeighbourCodec.MAX_DEGREE),
        (int) header.medoid(),
        new NeighbourCodec((int) header.nodeCount(), (int) header.baseBits()));
  }

  int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  PageView newView() {
    return new PageView(pageBytes, vectorBytes(), nodeCount, codec);
  }

  /// The most bytes that all lists can take.
  long maxListBytes() {
    return (long) pageCount * pageBytes - (long) nodeCount * vectorBytes();
  }
}
