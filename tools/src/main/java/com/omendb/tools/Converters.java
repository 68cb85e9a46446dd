package com.omendb.tools;

import com.omendb.datasets.files.StoredType;
import com.omendb.store.BuildMethod;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.tools.report.ByteSize;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.math.BigDecimal;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How option texts become values; what they refuse is wrong usage.
final class Converters {
  private Converters() {}

  /// `64MB`, `1.5GiB`, plain bytes.
  static final class Size implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return told(() -> ByteSize.parse(text));
    }
  }

  /// `1e9`, `1000000`: a whole number.
  static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return told(
          () -> {
            try {
              return new BigDecimal(text).longValueExact();
            } catch (NumberFormatException | ArithmeticException e) {
              throw new IllegalArgumentException(
                  "not a whole number (like 1000000 or 1e9): number=" + text, e);
            }
          });
    }
  }

  /// `l2`, `ip`, `cosine`.
  static final class MetricName implements ITypeConverter<Metric> {
    @Override
    public Metric convert(String text) {
      return told(() -> Metric.ofLabel(text));
    }
  }

  /// `leaf`, `vamana`.
  static final class MethodName implements ITypeConverter<BuildMethod> {
    @Override
    public BuildMethod convert(String text) {
      return told(() -> BuildMethod.ofLabel(text));
    }
  }

  /// `float32`, `uint8`, `int8`.
  static final class TypeName implements ITypeConverter<ElementType> {
    @Override
    public ElementType convert(String text) {
      return told(() -> ElementType.ofLabel(text));
    }
  }

  /// `float32`, `float16`, `uint8`, `int8`.
  static final class StoredTypeName implements ITypeConverter<StoredType> {
    @Override
    public StoredType convert(String text) {
      return told(() -> StoredType.ofLabel(text));
    }
  }

  /// `auto`, `pages`, `groups`, `graph`, `all`.
  static final class ResidencyName implements ITypeConverter<Residency> {
    @Override
    public Residency convert(String text) {
      return told(() -> Residency.ofLabel(text));
    }
  }

  /// `auto`, `io_uring`, `direct`, `mapped`.
  static final class EngineName implements ITypeConverter<ReadEngine> {
    @Override
    public ReadEngine convert(String text) {
      return told(() -> ReadEngine.ofLabel(text));
    }
  }

  private static <T> T told(java.util.function.Supplier<T> parse) {
    try {
      return parse.get();
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
