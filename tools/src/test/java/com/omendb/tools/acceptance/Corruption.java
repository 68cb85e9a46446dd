package com.omendb.tools.acceptance;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Other bytes at one place of a file.
final class Corruption {
  private static final int PAGE_BYTES = 4096;

  private final int offset;
  private final byte[] bytes;
  private final boolean isPage;

  private Corruption(int offset, byte[] bytes, boolean isPage) {
    this.offset = offset;
    this.bytes = bytes;
    this.isPage = isPage;
  }

  /// Where.
  int offset() {
    return offset;
  }

  /// What is written there instead.
  byte[] bytes() {
    return bytes;
  }

  /// Whether a page, or the rest of the file, was replaced, not a byte.
  boolean isPage() {
    return isPage;
  }

  /// A random one, which differs from what is there.
  static Corruption random(byte[] file, boolean page, SplittableRandom random) {
    return page ? ofPage(file, random) : ofByte(file, random);
  }

  private static Corruption ofByte(byte[] file, SplittableRandom random) {
    int offset = random.nextInt(file.length);
    byte changed = (byte) (file[offset] ^ random.nextInt(1, 256));
    return new Corruption(offset, new byte[] {changed}, false);
  }

  // What devices and file systems do to a page: forget it, write noise, write another one there,
  // write one half.
  private static Corruption ofPage(byte[] file, SplittableRandom random) {
    int pages = Math.ceilDiv(file.length, PAGE_BYTES);
    while (true) {
      int offset = random.nextInt(pages) * PAGE_BYTES;
      byte[] before = Arrays.copyOfRange(file, offset, Math.min(file.length, offset + PAGE_BYTES));
      byte[] after = before.clone();
      switch (random.nextInt(4)) {
        case 0 -> Arrays.fill(after, (byte) 0);
        case 1 -> random.nextBytes(after);
        case 2 -> {
          int other = random.nextInt(pages) * PAGE_BYTES;
          System.arraycopy(file, other, after, 0, Math.min(after.length, file.length - other));
        }
        default -> Arrays.fill(after, after.length / 2, after.length, (byte) 0);
      }
      if (!Arrays.equals(before, after)) {
        return new Corruption(offset, after, true);
      }
    }
  }
}
