package com.omendb.vectors.testing;

import java.util.SplittableRandom;

/// Seeds for randomised tests: each test has a fixed seed of its own, and `-Domen.seed=N` runs
/// every test with another one. The seed in force is printed, so that any failure can be replayed.
public final class Seeds {
  private Seeds() {}

  /// The seed that a test should use: its own, or the one forced by `-Domen.seed`.
  public static long seed(String test, long ownSeed) {
    long forced = Long.getLong("omen.seed", 0);
    long seed = forced == 0 ? ownSeed : forced;
    System.out.println(test + ": replay with -Domen.seed=" + seed);
    return seed;
  }

  /// A generator with that seed.
  public static SplittableRandom random(String test, long ownSeed) {
    return new SplittableRandom(seed(test, ownSeed));
  }
}
