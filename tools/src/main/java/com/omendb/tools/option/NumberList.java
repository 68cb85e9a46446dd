package com.omendb.tools.option;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Numbers written with commas between them, such as `20,30,50`. At least one.
///
/// @param values the numbers in their order
public record NumberList<T>(List<T> values) {
  public NumberList {
    values = List.copyOf(values);
  }

  /// Parses whole numbers.
  public static final class Ints implements ITypeConverter<NumberList<Integer>> {
    @Override
    public NumberList<Integer> convert(String text) {
      return parse(text, Integer::valueOf, "whole numbers, such as 20,30,50");
    }
  }

  /// Parses numbers.
  public static final class Floats implements ITypeConverter<NumberList<Float>> {
    @Override
    public NumberList<Float> convert(String text) {
      return parse(text, Float::valueOf, "numbers, such as 0.5,-1,3");
    }
  }

  private static <T> NumberList<T> parse(String text, Function<String, T> number, String what) {
    try {
      return new NumberList<>(
          Arrays.stream(text.split(",", -1)).map(String::strip).map(number).toList());
    } catch (NumberFormatException _) {
      throw new TypeConversionException("'" + text + "' is not a list of " + what);
    }
  }
}
