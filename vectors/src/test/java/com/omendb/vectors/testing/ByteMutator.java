package com.omendb.vectors.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Damages bytes in the ways that find faults in parsers: flipped bits, numbers at the ends of
/// their range, pieces taken out, put in, repeated or exchanged with those of another input.
///
/// Offsets near the beginning and the end come up more often than others, because that is where
/// counts and lengths are. One generator makes one sequence of inputs.
final class ByteMutator {
  private static final int MAX_EXTENSION = 300;
  private static final long[] EDGES = {
    0,
    1,
    2,
    -1,
    -2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xffff_ffffL,
    1L << 32,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 40,
    1L << 56,
    255,
    256,
    4095,
    4096,
    65_536
  };

  private final SplittableRandom random;

  ByteMutator(SplittableRandom random) {
    this.random = random;
  }

  /// A damaged copy of `input`.
  ///
  /// @param other another input, pieces of which may be taken over
  byte[] mutate(byte[] input, byte[] other) {
    byte[] bytes = input.clone();
    // Few changes at a time: behind the first one refused, a parser does not look.
    for (int rest = 1 + Integer.numberOfTrailingZeros(random.nextInt() | 0x10); rest > 0; rest--) {
      bytes = change(bytes, other);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes, byte[] other) {
    if (bytes.length == 0) {
      return extended(bytes, 0);
    }
    int at = offset(bytes.length);
    switch (random.nextInt(14)) {
      case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) random.nextInt();
      case 3 -> bytes[at] += (byte) random.nextInt(-3, 4);
      case 4, 5, 6 -> number(bytes, at);
      case 7 ->
          Arrays.fill(bytes, at, at + length(bytes.length - at), (byte) random.nextInt(-1, 1));
      case 8 -> scramble(bytes, at, length(bytes.length - at));
      case 9 -> {
        int from = offset(bytes.length);
        int count = length(bytes.length - Math.max(at, from));
        System.arraycopy(bytes, from, bytes, at, count);
      }
      case 10 -> {
        if (other.length > at) {
          System.arraycopy(other, at, bytes, at, length(Math.min(bytes.length, other.length) - at));
        }
      }
      case 11 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 12 -> {
        return extended(bytes, at);
      }
      default -> {
        int count = length(bytes.length - at);
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - count);
        System.arraycopy(bytes, at + count, shorter, at, shorter.length - at);
        return shorter;
      }
    }
    return bytes;
  }

  private byte[] extended(byte[] bytes, int at) {
    int count = length(MAX_EXTENSION);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + count);
    System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
    if (random.nextBoolean()) {
      scramble(longer, at, count);
    }
    return longer;
  }

  private void scramble(byte[] bytes, int from, int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, bytes, from, count);
  }

  /// Overwrites a number of 2, 4 or 8 bytes, mostly little-endian and aligned.
  private void number(byte[] bytes, int offset) {
    int size = 2 << random.nextInt(3);
    int at = random.nextInt(4) == 0 ? offset : offset / size * size;
    if (at + size > bytes.length) {
      bytes[offset] = (byte) edge(bytes.length);
      return;
    }
    ByteOrder order = random.nextInt(8) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
    boolean add = random.nextInt(3) == 0;
    long delta = random.nextInt(-8, 9);
    switch (size) {
      case 2 ->
          buffer.putShort(at, (short) (add ? buffer.getShort(at) + delta : edge(bytes.length)));
      case 4 -> buffer.putInt(at, (int) (add ? buffer.getInt(at) + delta : edge(bytes.length)));
      default -> buffer.putLong(at, add ? buffer.getLong(at) + delta : edge(bytes.length));
    }
  }

  private long edge(int length) {
    return switch (random.nextInt(8)) {
      case 0 -> length + random.nextInt(-9, 10);
      case 1 -> 1L << random.nextInt(64);
      case 2 -> (1L << random.nextInt(64)) - 1;
      case 3 -> random.nextInt(0, 64);
      default -> EDGES[random.nextInt(EDGES.length)];
    };
  }

  private int offset(int length) {
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(length);
      case 1 -> logarithmic(length);
      default ->
          random.nextInt(4) == 0
              ? length - 1 - logarithmic(length)
              : random.nextInt(Math.min(128, length));
    };
  }

  /// A number from 0 to `limit - 1`, of any magnitude equally often.
  private int logarithmic(int limit) {
    int bits = random.nextInt(1, 33 - Integer.numberOfLeadingZeros(limit));
    return Math.min(limit - 1, random.nextInt() >>> (32 - bits));
  }

  private int length(int limit) {
    return limit == 0 ? 0 : 1 + logarithmic(Math.min(limit, 1 << 12));
  }
}
