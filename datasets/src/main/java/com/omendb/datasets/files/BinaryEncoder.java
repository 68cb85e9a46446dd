package com.omendb.datasets.files;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Makes the bytes of the `vecs` and `bin` formats and of NumPy's.
final class BinaryEncoder implements RowEncoder {
  private final VectorFormat format;
  private final StoredType type;
  private final int dimension;

  BinaryEncoder(VectorFormat format, StoredType type, int dimension) {
    this.format = format;
    this.type = type;
    this.dimension = dimension;
  }

  @Override
  public byte[] header(long rows) {
    if (format == VectorFormat.NPY) {
      return NpyHeader.write(type, rows, dimension);
    }
    if (format.layout() == VectorFormat.Layout.ROW_LENGTHS) {
      return new byte[0];
    }
    return ByteBuffer.allocate(BinHeader.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) rows)
        .putInt(dimension)
        .array();
  }

  @Override
  public int maxRowBytes() {
    return Integer.BYTES + dimension * type.bytes();
  }

  @Override
  public void beginRow(ByteBuffer out) {
    if (format.layout() == VectorFormat.Layout.ROW_LENGTHS) {
      out.putInt(dimension);
    }
  }

  @Override
  public void put(int column, float value, ByteBuffer out) {
    switch (type) {
      case FLOAT32 -> out.putFloat(value);
      case FLOAT16 -> out.putShort(Float.floatToFloat16(value));
      case UINT8, INT8 -> out.put((byte) (int) value);
    }
  }

  @Override
  public void endRow(ByteBuffer out) {}
}
