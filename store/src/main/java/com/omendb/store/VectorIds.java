package com.omendb.store;

import java.util.Arrays;
import java.util.zip.CRC32C;

/// The ids that searches return, by row of the vectors that an index is built from: the rows
/// themselves, or the caller's own.
///
/// Immutable and thread-safe as long as the caller does not change the array that it passed in.
public final class VectorIds {
  private static final VectorIds ROWS = new VectorIds(new long[0]);

  private final long[] ids;

  private VectorIds(long[] ids) {
    this.ids = ids;
  }

  /// {@return row i has the id i}
  public static VectorIds rows() {
    return ROWS;
  }

  /// {@return row i has the id `ids[i]`} The array is not copied.
  ///
  /// @param ids distinct, not negative, as many as there are vectors, at least one
  /// @throws IllegalArgumentException if there are none
  public static VectorIds of(long... ids) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("an index has at least one vector: ids=0");
    }
    return new VectorIds(ids);
  }

  /// {@return whether row i has the id i}
  public boolean areRows() {
    return ids.length == 0;
  }

  /// {@return the id of a row}
  ///
  /// @param row counted from 0
  /// @throws IndexOutOfBoundsException if the ids are the caller's own and there is no such row
  public long id(long row) {
    return areRows() ? row : ids[(int) row];
  }

  /// Checks that there are as many ids as vectors, and that all are distinct and not negative.
  ///
  /// @param count number of vectors
  /// @throws IllegalArgumentException if not, naming one that is wrong
  public void require(long count) {
    if (areRows()) {
      return;
    }
    if (ids.length != count) {
      throw new IllegalArgumentException(
          "ids and vectors differ in number: ids=" + ids.length + ", vectors=" + count);
    }
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    if (sorted[0] < 0) {
      throw new IllegalArgumentException("an id is negative: id=" + sorted[0]);
    }
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new IllegalArgumentException("two vectors have one id: id=" + sorted[i]);
      }
    }
  }

  /// {@return a checksum of the ids, by which a resumed build recognizes them}
  public String checksum() {
    if (areRows()) {
      return "rows";
    }
    CRC32C crc = new CRC32C();
    byte[] bytes = new byte[Long.BYTES];
    for (long id : ids) {
      for (int i = 0; i < Long.BYTES; i++) {
        bytes[i] = (byte) (id >>> (Byte.SIZE * i));
      }
      crc.update(bytes);
    }
    return Long.toHexString(crc.getValue());
  }
}
