package com.omendb.vectors;

/// Squared L2 distances of many 16-bit vectors to many others at once, and the nearest of each: the
/// dense blocks that partitioning and clustering compute.
///
/// Rows are vectors of signed 16-bit elements, two of which make a pair; an odd dimension is padded
/// with a zero. Columns come in groups of [#lanes] vectors, pairs first: the pair `p` of column `c`
/// of a group is the int at `(p * lanes + c) * 4` bytes, and a group takes `pairs * lanes * 4`
/// bytes. Because a lane is a column, no sum ever crosses lanes.
///
/// Inner products are added up in 16 bits, which is exact for vectors of squared norms of at most
/// [#MAX_SQUARED_NORM].
///
/// All numbers are little-endian. All addresses are of native memory, and are not checked.
/// Stateless and thread-safe.
public interface DenseBlockKernel {
  /// Rows are multiplied by so many at a time.
  int ROWS = 4;

  /// Groups of columns are multiplied by so many at a time.
  int GROUPS = 2;

  /// Vectors of at most this squared norm have exact inner products.
  int MAX_SQUARED_NORM = Short.MAX_VALUE;

  /// A factor of [#centre] is a multiple of one by so many.
  int UNIT_FACTOR = 128;

  /// The largest `k` of [#nearest].
  int MAX_NEAREST = 12;

  /// A distance that is never among the nearest.
  int FAR = 1 << 28;

  /// {@return columns of a group}
  int lanes();

  /// Makes a row of signed bytes: `(code - mean) * factor / UNIT_FACTOR`, rounded.
  ///
  /// @param codes address of `2 * pairs` signed bytes
  /// @param mean address of as many 16-bit numbers from -128 to 127
  /// @param factor 0 to [#UNIT_FACTOR]
  /// @param row address of the row to make, `2 * pairs` 16-bit elements
  /// @param pairs pairs of elements of a vector, its dimension halved and rounded up
  /// @return the squared norm of the row
  int centre(long codes, long mean, int factor, long row, int pairs);

  /// Copies a row to column `column` of its group.
  ///
  /// @param row address of the row
  /// @param group address of the group
  /// @param column number of the column in its group, 0 to [#lanes] - 1
  /// @param pairs pairs of elements of a vector, its dimension halved and rounded up
  void pack(long row, long group, int column, int pairs);

  /// Multiplies rows with columns. The product of row `r` and column `c` of group `g` is left at
  /// `out + r * outStrideBytes + (g * lanes + c) * 4` as two 16-bit sums for [#distances].
  ///
  /// @param rowCount a multiple of [#ROWS]
  /// @param groupCount a multiple of [#GROUPS]
  /// @param rows address of the first row
  /// @param rowStrideBytes bytes from one row to the next
  /// @param columns address of the columns, group after group
  /// @param pairs pairs of elements of a vector, its dimension halved and rounded up
  /// @param out address of the products of the first row
  /// @param outStrideBytes bytes from one row of results to the next
  void multiply(
      long rows,
      long rowStrideBytes,
      int rowCount,
      long columns,
      int groupCount,
      int pairs,
      long out,
      long outStrideBytes);

  /// Turns products of a row into squared distances, as ints, in place.
  ///
  /// @param products address of the products of the row, as [#multiply] leaves them, of
  ///   `groupCount` groups
  /// @param norms address of the squared norm of each column, as ints; [#FAR] for a column that is
  ///   none
  /// @param rowNorm the squared norm of the row
  /// @param groupCount groups of [#lanes] columns
  void distances(long products, long norms, int rowNorm, int groupCount);

  /// Finds about the `k` nearest columns of a row of distances below [#FAR]: at least the `k`
  /// nearest of them, or all if there are fewer, unless `limit` cuts them short.
  ///
  /// @param k 1 to [#MAX_NEAREST]
  /// @param ids address of a number for each column, as ints
  /// @param nearestIds address for the ids: room for `limit + 16` ints
  /// @param nearestDistances address for their distances: as much room
  /// @param distances address of the distances of the row, as ints, of `groupCount` groups
  /// @param groupCount groups of [#lanes] columns
  /// @param limit the largest number of ids to put
  /// @return how many were put, at most `limit`
  int nearest(
      long distances,
      long ids,
      int groupCount,
      int k,
      int limit,
      long nearestIds,
      long nearestDistances);
}
