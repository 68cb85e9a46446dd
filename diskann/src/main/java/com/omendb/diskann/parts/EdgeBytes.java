package com.omendb.diskann.parts;

import com.omendb.pagecache.file.FileHeader;

/// How many bytes the edges of a node take in a file. Neighbours are coded by the logarithm of how
/// far apart they are numbered, so the bytes grow with each doubling of the count.
///
/// @param measured bytes a node, of an index of 1,000,000
/// @param growth by how much they grow with each doubling
record EdgeBytes(double measured, double growth) {
  private static final double MEASURED_COUNT = 1_000_000;

  /// Bytes a node in an index of `count` nodes.
  double at(long count) {
    double doublings = Math.log(count / MEASURED_COUNT) / Math.log(2);
    return Math.max(measured / 4, measured + growth * doublings);
  }

  /// Bytes of a file of lists, look-up and header included.
  static long lists(long vertexCount, double edgeBytes) {
    long tables = (vertexCount + 63) / 64 * (Long.BYTES + 64L * Short.BYTES) + Long.BYTES;
    return FileHeader.BYTES + tables + (long) (vertexCount * edgeBytes);
  }
}
