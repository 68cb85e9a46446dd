package com.omendb.vectors;

import java.util.Locale;

/// The type of one vector element, as stored in files and pages.
///
/// The persistent codes never change. Codes 4 and 5 are reserved for float16 and binary.
public enum ElementType {
  /// IEEE 754 single precision, little-endian.
  FLOAT32(1, 4),
  /// Unsigned byte, 0 to 255.
  UINT8(2, 1),
  /// Signed byte, -128 to 127.
  INT8(3, 1);

  private final int code;
  private final int elementBytes;

  ElementType(int code, int elementBytes) {
    this.code = code;
    this.elementBytes = elementBytes;
  }

  /// {@return the number that stands for this type in files}
  public int code() {
    return code;
  }

  /// {@return bytes of one element}
  public int elementBytes() {
    return elementBytes;
  }

  /// {@return bytes of a vector of `dimension` elements}
  ///
  /// @param dimension number of elements
  public int vectorBytes(int dimension) {
    return Math.multiplyExact(dimension, elementBytes);
  }

  /// {@return the name used on the command line and in reports: `float32`, `uint8`, `int8`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the type with this persistent code}
  ///
  /// @param code number in files, see [#code()]
  /// @throws IllegalArgumentException if no type has it
  public static ElementType ofCode(int code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("unknown element type: code=" + code);
  }

  /// {@return the type with this label, ignoring case}
  ///
  /// @param label such as `uint8`, in any case
  /// @throws IllegalArgumentException if no type has it
  public static ElementType ofLabel(String label) {
    for (ElementType type : values()) {
      if (type.name().equalsIgnoreCase(label)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "unknown element type: elementType=" + label + ", known: float32, uint8, int8");
  }
}
