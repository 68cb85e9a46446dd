package com.omendb.tools.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;

/// A small set of vectors with queries, exact neighbours and an index of [BruteForceKind], made by
/// the program itself in a temporary folder.
///
/// @param folder where everything lies
public record Fixture(Path folder) {
  /// Vectors in the base.
  public static final int COUNT = 600;

  /// Elements of each.
  public static final int DIMENSION = 16;

  /// Queries.
  public static final int QUERY_COUNT = 40;

  /// Exact neighbours of each query.
  public static final int TRUTH_K = 20;

  /// Makes all of it with uint8 elements.
  public static Fixture create(Path folder) {
    Fixture fixture = new Fixture(folder);
    run(
        "dataset",
        "synthetic",
        fixture.base(),
        "--count",
        COUNT,
        "--dimension",
        DIMENSION,
        "--queries",
        fixture.queries(),
        "--query-count",
        QUERY_COUNT);
    run("groundtruth", fixture.base(), fixture.queries(), fixture.truth(), "--k", TRUTH_K);
    run("build", fixture.base(), fixture.index(), "--kind", BruteForceKind.NAME);
    return fixture;
  }

  /// The vectors.
  public Path base() {
    return folder.resolve("base.u8bin");
  }

  /// The queries.
  public Path queries() {
    return folder.resolve("queries.u8bin");
  }

  /// The exact neighbours.
  public Path truth() {
    return folder.resolve("truth.ibin");
  }

  /// The index.
  public Path index() {
    return folder.resolve("index");
  }

  private static void run(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
  }
}
