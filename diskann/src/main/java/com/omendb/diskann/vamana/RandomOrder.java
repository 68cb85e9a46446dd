package com.omendb.diskann.vamana;

/// A seeded pseudo-random permutation of 0..count-1 that needs no memory: a Feistel network over
/// the smallest even number of bits that holds the range, walked until it lands inside.
///
/// Immutable and thread-safe.
public final class RandomOrder {
  private static final int ROUNDS = 4;

  private final long count;
  private final int halfBits;
  private final long halfMask;
  private final long seed;

  /// A permutation of `count` numbers.
  public RandomOrder(long count, long seed) {
    this.count = count;
    int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(Math.max(1, count - 1)));
    this.halfBits = (bits + 1) / 2;
    this.halfMask = (1L << halfBits) - 1;
    this.seed = seed;
  }

  /// The number at a position.
  public long at(long position) {
    long value = position;
    do {
      value = permute(value);
    } while (value >= count);
    return value;
  }

  private long permute(long value) {
    long left = value >>> halfBits;
    long right = value & halfMask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (mix(right + seed + round * 0x9E3779B97F4A7C15L) & halfMask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return z ^ (z >>> 33);
  }
}
