package com.omendb.pq.product;

import com.omendb.pq.simd.CentroidKernels;

/// The division of a vector's columns into consecutive subspaces, as even as possible: the first
/// `dimension % count` of them are one column longer.
///
/// @param dimension columns of the vectors
/// @param count number of subspaces, 1 to `dimension`
record Subspaces(int dimension, int count) {

  Subspaces {
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be positive: dimension=" + dimension);
    }
    if (count < 1 || count > dimension) {
      throw new IllegalArgumentException(
          "subspaceCount out of range 1.." + dimension + ": subspaceCount=" + count);
    }
  }

  /// First column of a subspace. `offset(count)` is the dimension.
  int offset(int s) {
    return s * (dimension / count) + Math.min(s, dimension % count);
  }

  /// Columns of a subspace.
  int length(int s) {
    return dimension / count + (s < dimension % count ? 1 : 0);
  }

  /// Byte offset of a subspace's part of the codebook.
  long codebookOffset(int s) {
    return offset(s) * CentroidKernels.COLUMN_BYTES;
  }
}
