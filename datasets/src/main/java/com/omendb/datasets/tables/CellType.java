package com.omendb.datasets.tables;

/// What the elements of a table become in memory.
public enum CellType {
  /// Single precision, little-endian.
  FLOAT32(4),
  /// Unsigned byte.
  UINT8(1),
  /// Signed byte.
  INT8(1),
  /// Signed integer of 32 bits, little-endian.
  INT32(4);

  private final int bytes;

  CellType(int bytes) {
    this.bytes = bytes;
  }

  /// {@return bytes of one element}
  public int bytes() {
    return bytes;
  }
}
