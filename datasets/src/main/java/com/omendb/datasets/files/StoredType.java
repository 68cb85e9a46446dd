package com.omendb.datasets.files;

import com.omendb.vectors.ElementType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The type of an element as a file stores it.
public enum StoredType {
  /// IEEE 754 single precision.
  FLOAT32(4),
  /// IEEE 754 half precision, which is read as float32.
  FLOAT16(2),
  /// Unsigned byte.
  UINT8(1),
  /// Signed byte.
  INT8(1);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /// {@return the type that stores elements as they are}
  ///
  /// @param type of the elements
  public static StoredType of(ElementType type) {
    return switch (type) {
      case FLOAT32 -> FLOAT32;
      case UINT8 -> UINT8;
      case INT8 -> INT8;
    };
  }

  /// {@return the type with this label, ignoring case}
  ///
  /// @param label such as `float16`, in any case
  /// @throws IllegalArgumentException if no type has it
  public static StoredType ofLabel(String label) {
    return Arrays.stream(values())
        .filter(type -> type.label().equalsIgnoreCase(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown element type (known: "
                        + Arrays.stream(values())
                            .map(StoredType::label)
                            .collect(Collectors.joining(", "))
                        + "): elementType="
                        + label));
  }

  /// {@return the name used on the command line: `float32`, `float16`, `uint8`, `int8`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Bytes of an element.
  int bytes() {
    return bytes;
  }

  /// Whether the type can store a value, perhaps rounded; bytes hold only whole numbers in their
  /// range.
  boolean holds(float value) {
    return switch (this) {
      case FLOAT32 -> true;
      case FLOAT16 -> Float.isFinite(Float.float16ToFloat(Float.floatToFloat16(value)));
      case UINT8 -> value >= 0 && value <= 255 && value == (int) value;
      case INT8 -> value >= -128 && value <= 127 && value == (int) value;
    };
  }
}
