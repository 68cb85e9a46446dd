package com.omendb.tools.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// A picture, as SVG, of the recall that searches reach for the pages that they read; for the time
/// that they take, where they read none. Not thread-safe.
public final class RecallPlot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 55;
  private static final int TICKS = 5;

  private record Point(int listSize, double recall, double reads, double micros) {}

  private final String title;
  private final int k;
  private final List<Point> points = new ArrayList<>();

  /// A plot without points.
  ///
  /// @param title above the plot
  /// @param k neighbours that the recall is of
  public RecallPlot(String title, int k) {
    this.title = title;
    this.k = k;
  }

  /// Adds what one setting reached.
  ///
  /// @param recall 0 to 1
  /// @param reads pages read a query
  /// @param micros mean time of a query
  public void add(int listSize, double recall, double reads, double micros) {
    points.add(new Point(listSize, recall, reads, micros));
  }

  /// The picture.
  ///
  /// @throws IllegalStateException without points
  public String svg() {
    if (points.isEmpty()) {
      throw new IllegalStateException("a plot without points");
    }
    boolean byReads = points.stream().anyMatch(point -> point.reads() > 0);
    List<Point> sorted =
        points.stream().sorted(Comparator.comparingDouble(point -> x(point, byReads))).toList();
    double most = sorted.stream().mapToDouble(point -> x(point, byReads)).max().getAsDouble();
    double xEnd = roundUp(Math.max(most, 1e-9));
    double least = sorted.stream().mapToDouble(Point::recall).min().getAsDouble();
    double yStart = Math.min(0.95, Math.floor(least * 20) / 20);
    StringBuilder svg = new StringBuilder();
    svg.append(
            String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                    + " font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH,
                HEIGHT))
        .append('\n');
    svg.append(
            String.format(
                Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT))
        .append('\n');
    text(svg, WIDTH / 2.0, 22, "middle", title);
    for (int i = 0; i <= TICKS; i++) {
      double share = (double) i / TICKS;
      double y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
      double x = LEFT + share * (WIDTH - LEFT - RIGHT);
      line(svg, LEFT, y, WIDTH - RIGHT, y);
      line(svg, x, TOP, x, HEIGHT - BOTTOM);
      text(
          svg,
          LEFT - 8,
          y + 4,
          "end",
          String.format(Locale.ROOT, "%.3f", yStart + share * (1 - yStart)));
      text(svg, x, HEIGHT - BOTTOM + 18, "middle", number(share * xEnd));
    }
    text(
        svg,
        LEFT + (WIDTH - LEFT - RIGHT) / 2.0,
        HEIGHT - 14,
        "middle",
        byReads ? "page reads a query" : "microseconds a query");
    text(svg, 12, TOP - 12, "start", "recall@" + k);
    StringBuilder path = new StringBuilder();
    for (Point point : sorted) {
      double x = LEFT + x(point, byReads) / xEnd * (WIDTH - LEFT - RIGHT);
      double y =
          HEIGHT - BOTTOM - (point.recall() - yStart) / (1 - yStart) * (HEIGHT - TOP - BOTTOM);
      path.append(String.format(Locale.ROOT, "%s%.1f,%.1f", path.isEmpty() ? "" : " ", x, y));
      svg.append(
              String.format(
                  Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1a5fb4\"/>", x, y))
          .append('\n');
      text(svg, x + 7, y + 16, "start", "L=" + point.listSize());
    }
    svg.append(
            String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"#1a5fb4\" stroke-width=\"2\"/>",
                path))
        .append('\n');
    return svg.append("</svg>\n").toString();
  }

  private static double x(Point point, boolean byReads) {
    return byReads ? point.reads() : point.micros();
  }

  // The least of 1, 2 and 5 times a power of ten that is not below.
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 2, 3, 4, 5, 6, 8}) {
      if (step * power >= value) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
            String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#d0d0d0\"/>",
                x1,
                y1,
                x2,
                y2))
        .append('\n');
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
            String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#303030\">%s</text>",
                x,
                y,
                anchor,
                text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")))
        .append('\n');
  }
}
