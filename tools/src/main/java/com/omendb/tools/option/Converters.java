package com.omendb.tools.option;

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
public final class Converters {
  private Converters() {}

  /// `64MB`, `1.5GiB`, plain bytes.
  public static final class Size implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return told(() -> ByteSize.parse(text));
    }
  }

  /// `1e9`, `1000000`: a whole number.
  public static final class Count implements ITypeConverter<Long> {
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
  public static final class MetricName implements ITypeConverter<Metric> {
    @Override
    public Metric convert(String text) {
      return told(() -> Metric.ofLabel(text));
    }
  }

  /// `leaf`, `vamana`.
  public static final class MethodName implements ITypeConverter<BuildMethod> {
    @Override
    public BuildMethod convert(String text) {
      return told(() -> BuildMethod.ofLabel(text));
    }
  }

  /// `float32`, `uint8`, `int8`.
  public static final class TypeName implements ITypeConverter<ElementType> {
    @Override
    public ElementType convert(String text) {
      return told(() -> ElementType.ofLabel(text));
    }
  }

  /// `float32`, `float16`, `uint8`, `int8`.
  public static final class StoredTypeName implements ITypeConverter<StoredType> {
    @Override
    public StoredType convert(String text) {
      return told(() -> StoredType.ofLabel(text));
    }
  }

  /// `auto`, `pages`, `groups`, `graph`, `all`.
  public static final class ResidencyName implements ITypeConverter<Residency> {
    @Override
    public Residency convert(String text) {
      return told(() -> Residency.ofLabel(text));
    }
  }

  /// `auto`, `io_uring`, `direct`, `mapped`.
  public static final class EngineName implements ITypeConverter<ReadEngine> {
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
