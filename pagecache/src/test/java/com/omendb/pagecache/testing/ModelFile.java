package com.omendb.pagecache.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// A file as the disk knows it: content that lasts, and writes that may still be lost, each sector
/// for itself.
final class ModelFile implements ModelNode {
  private static final int SECTOR_BYTES = 512;

  private static final class Write {
    final int offset;
    final byte[] bytes;

    Write(int offset, byte[] bytes) {
      this.offset = offset;
      this.bytes = bytes;
    }

    int end() {
      return offset + bytes.length;
    }
  }

  private final List<Write> pending = new ArrayList<>();
  private byte[] durable;

  ModelFile(byte[] durable) {
    this.durable = durable;
  }

  void write(long offset, byte[] bytes) {
    pending.add(new Write(Math.toIntExact(offset), bytes));
  }

  /// All writes so far last.
  void force() {
    for (Write write : pending) {
      durable = grown(durable, write.end());
      System.arraycopy(write.bytes, 0, durable, write.offset, write.bytes.length);
    }
    pending.clear();
  }

  /// Some writes last and the others are lost for good: the system holds their pages to be clean.
  void failToForce(RandomGenerator random) {
    durable = afterCrash(random);
    pending.clear();
  }

  /// One of the contents that a crash may leave: of each sector that was written since the last
  /// force either the old or the new bytes, whatever the order of the writes; behind the old end
  /// also nothing, zeros or bytes of a file that was there before.
  byte[] afterCrash(RandomGenerator random) {
    double kept = probability(random);
    byte[] content = durable.clone();
    int written = pending.stream().mapToInt(Write::end).max().orElse(0);
    if (written > content.length && random.nextBoolean()) {
      int before = content.length;
      content = grown(content, written);
      if (random.nextBoolean()) {
        for (int i = before; i < written; i++) {
          content[i] = (byte) random.nextInt();
        }
      }
    }
    for (Write write : pending) {
      for (int from = write.offset; from < write.end(); ) {
        int to = Math.min(write.end(), (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
        if (random.nextDouble() < kept) {
          content = grown(content, to);
          System.arraycopy(write.bytes, from - write.offset, content, from, to - from);
        }
        from = to;
      }
    }
    return content;
  }

  /// All or nothing often, for these are the likely cases, and anything between.
  static double probability(RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 1;
      default -> random.nextDouble();
    };
  }

  private static byte[] grown(byte[] bytes, int length) {
    return bytes.length >= length ? bytes : Arrays.copyOf(bytes, length);
  }
}
