package com.omendb.datasets.synthetic;

/// A small generator whose state is set anew for every row, so that a row does not depend on which
/// rows were made before it (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014).
///
/// Only exact arithmetic is used, so that every machine makes the same numbers. Not thread-safe.
final class RowRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final float UNIT_16 = 0x1p-16f;
  private static final float SQRT_3 = 1.7320508f;

  private long state;

  RowRandom(long seed, long stream) {
    reset(seed, stream);
  }

  /// Begins the sequence of one (seed, stream) pair.
  void reset(long seed, long stream) {
    state = mix(mix(seed) + stream * GOLDEN_GAMMA);
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /// Uniform in [0, 1).
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /// Uniform in 0..bound.
  int nextInt(int bound) {
    return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /// About a standard normal deviate: four uniform ones added up (Irwin-Hall), cut off at 3.46.
  float nextGaussian() {
    long bits = nextLong();
    int sum =
        (int) (bits & 0xffff)
            + (int) ((bits >>> 16) & 0xffff)
            + (int) ((bits >>> 32) & 0xffff)
            + (int) (bits >>> 48);
    return (sum * UNIT_16 - 2) * SQRT_3;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
