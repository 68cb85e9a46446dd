package com.omendb.tools.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A range of rows of a file, written `FROM:COUNT`.
///
/// @param fromRow first row, from 0
/// @param rowCount number of rows, at least 1
public record RowRange(long fromRow, long rowCount) {

  @Override
  public String toString() {
    return fromRow + ":" + rowCount;
  }

  /// Parses `FROM:COUNT`.
  public static final class Converter implements ITypeConverter<RowRange> {
    @Override
    public RowRange convert(String text) {
      String[] parts = text.split(":", -1);
      try {
        if (parts.length == 2) {
          RowRange range = new RowRange(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
          if (range.fromRow >= 0 && range.rowCount >= 1) {
            return range;
          }
        }
      } catch (NumberFormatException _) {
        // Told below like every other text that is no range.
      }
      throw new TypeConversionException("'" + text + "' is not FROM:COUNT, such as 0:100000");
    }
  }
}
