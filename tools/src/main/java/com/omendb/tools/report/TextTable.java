package com.omendb.tools.report;

import java.util.List;

/// A table of right-aligned columns whose rows can be printed as they come: the widths are given by
/// the headings, a wider cell only pushes its own row out of line. Immutable.
public final class TextTable {
  private static final String GAP = "  ";

  private final List<Column> columns;

  /// A column.
  ///
  /// @param heading what stands above it
  /// @param width characters of its widest expected cell
  public record Column(String heading, int width) {
    int textWidth() {
      return Math.max(width, heading.length());
    }
  }

  /// A table of these columns.
  public TextTable(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /// The line of headings.
  public String headings() {
    return line(columns.stream().map(Column::heading).toList());
  }

  /// One row.
  ///
  /// @throws IllegalArgumentException if there is not one cell a column
  public String row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          "cells=" + cells.size() + " for columns=" + columns.size());
    }
    return line(cells);
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append(i == 0 ? "" : GAP)
          .append(" ".repeat(Math.max(0, columns.get(i).textWidth() - cell.length())))
          .append(cell);
    }
    return line.toString();
  }
}
