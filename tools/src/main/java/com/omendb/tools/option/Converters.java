package com.omendb.tools.option;

import com.omendb.datasets.files.StoredType;
import com.omendb.store.BuildMethod;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.tools.report.ByteSize;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How option texts become values; what they refuse is wrong usage.
public final class Converters {
  /// The choice that is left to the library.
  private static final String AUTO = "auto";

  // What `pread` was called once.
  private static final String DIRECT = "direct";

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

  /// `pages`, `groups`, `graph`, `all`; null for `auto`.
  public static final class ResidencyName implements ITypeConverter<@Nullable Residency> {
    @Override
    public @Nullable Residency convert(String text) {
      return AUTO.equalsIgnoreCase(text) ? null : told(() -> Residency.ofLabel(text));
    }
  }

  /// `io_uring`, `pread` or `direct`, `mapped`; null for `auto`.
  public static final class EngineName implements ITypeConverter<@Nullable ReadEngine> {
    @Override
    public @Nullable ReadEngine convert(String text) {
      if (AUTO.equalsIgnoreCase(text)) {
        return null;
      }
      return DIRECT.equalsIgnoreCase(text)
          ? ReadEngine.PREAD
          : told(() -> ReadEngine.ofLabel(text));
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
