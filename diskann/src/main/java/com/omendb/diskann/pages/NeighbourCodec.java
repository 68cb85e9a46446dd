package com.omendb.diskann.pages;

import com.omendb.vectors.memory.NativeMemory;

/// How the sorted neighbours of a vertex are written: as differences, each in just the bits that it
/// needs.
///
/// ```
/// u8       degree d
/// u4[d]    selectors, the first in the low half of its byte
/// bits     for each neighbour what its selector says, low bits first, then up to a whole byte
/// ```
///
/// A difference is the neighbour minus its predecessor minus one, the predecessor of the first
/// being -1. With the graph's `baseBits` b, selector s below 15 stands for differences from `2^(b +
/// s) - 2^b` on, of which `b + s` bits say which; selector 15 for a difference written out in as
/// many bits as the largest vertex has.
///
/// Selectors lie together so that where the bits of a neighbour begin does not depend on what was
/// read before. Immutable and thread-safe.
public final class NeighbourCodec {
  /// The most neighbours that can be written.
  public static final int MAX_DEGREE = 255;

  private static final int FAR = 15;

  /// The largest baseBits.
  public static final int MAX_BASE_BITS = 16;

  private final int vertexCount;
  private final int baseBits;
  private final int[] widths = new int[FAR + 1];
  private final int[] bases = new int[FAR + 1];

  /// A codec for the lists of a graph.
  ///
  /// @throws IllegalArgumentException if baseBits is not in the range that writers choose from
  public NeighbourCodec(int vertexCount, int baseBits) {
    if (baseBits < 0 || baseBits > MAX_BASE_BITS || vertexCount < 1) {
      throw new IllegalArgumentException(
          "unusable codec: vertexCount=" + vertexCount + ", baseBits=" + baseBits);
    }
    this.vertexCount = vertexCount;
    this.baseBits = baseBits;
    for (int selector = 0; selector < FAR; selector++) {
      widths[selector] = baseBits + selector;
      bases[selector] = (1 << (baseBits + selector)) - (1 << baseBits);
    }
    widths[FAR] = farBits(vertexCount);
  }

  private static int farBits(int vertexCount) {
    return Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(vertexCount - 1));
  }

  /// The most bytes of a list.
  public static int maxBytes(int maxDegree) {
    return 1 + (maxDegree + 1) / 2 + maxDegree * Integer.BYTES;
  }

  /// The codec's choice between narrow and wide selectors.
  public int baseBits() {
    return baseBits;
  }

  /// Bytes of a list.
  ///
  /// @param neighbours ascending and distinct
  public int measure(int[] neighbours, int degree) {
    int bits = 0;
    int previous = -1;
    for (int i = 0; i < degree; i++) {
      bits += widths[selector(neighbours[i] - previous - 1)];
      previous = neighbours[i];
    }
    return 1 + (degree + 1) / 2 + (bits + 7) / 8;
  }

  /// Writes a list at a native address with room for [#maxBytes]; returns the address behind it.
  ///
  /// @param neighbours ascending and distinct
  public long write(long address, int[] neighbours, int degree) {
    NativeMemory.ALL.set(NativeMemory.BYTE, address, (byte) degree);
    long selectorsAt = address + 1;
    long at = selectorsAt + (degree + 1) / 2;
    long pending = 0;
    int pendingBits = 0;
    int previous = -1;
    int pair = 0;
    for (int i = 0; i < degree; i++) {
      int difference = neighbours[i] - previous - 1;
      previous = neighbours[i];
      int selector = selector(difference);
      pair = (i & 1) == 0 ? selector : pair | selector << 4;
      NativeMemory.ALL.set(NativeMemory.BYTE, selectorsAt + (i >> 1), (byte) pair);
      pending |= (long) (difference - bases[selector]) << pendingBits;
      pendingBits += widths[selector];
      while (pendingBits >= 8) {
        NativeMemory.ALL.set(NativeMemory.BYTE, at++, (byte) pending);
        pending >>>= 8;
        pendingBits -= 8;
      }
    }
    if (pendingBits > 0) {
      NativeMemory.ALL.set(NativeMemory.BYTE, at++, (byte) pending);
    }
    return at;
  }

  private int selector(int difference) {
    int selector = 31 - Integer.numberOfLeadingZeros(difference + (1 << baseBits)) - baseBits;
    return selector >= 0 && selector < FAR ? selector : FAR;
  }

  /// Reads a list, ascending, into `target`, which holds [#MAX_DEGREE]; returns its degree, or -1
  /// if the bytes are not a list of this graph.
  ///
  /// @param address where the list begins, at least 8 bytes into its memory
  /// @param end where the memory that may be read ends, behind `address`
  public int read(long address, long end, int[] target) {
    int degree = Byte.toUnsignedInt(NativeMemory.ALL.get(NativeMemory.BYTE, address));
    long selectorsAt = address + 1;
    long bitsAt = selectorsAt + (degree + 1) / 2;
    if (bitsAt > end) {
      return -1;
    }
    long lastWord = end - Long.BYTES;
    int bit = 0;
    long previous = -1;
    for (int i = 0; i < degree; i++) {
      int pair = NativeMemory.ALL.get(NativeMemory.BYTE, selectorsAt + (i >> 1));
      int selector = (pair >>> ((i & 1) << 2)) & FAR;
      int width = widths[selector];
      long wordAt = Math.min(bitsAt + (bit >>> 3), lastWord);
      int shift = (int) (((bitsAt - wordAt) << 3) + bit);
      long bits = NativeMemory.ALL.get(NativeMemory.LONG, wordAt) >>> shift;
      previous += (bits & ((1L << width) - 1)) + bases[selector] + 1;
      target[i] = (int) previous;
      bit += width;
    }
    return previous >= vertexCount || bitsAt + ((bit + 7) >>> 3) > end ? -1 : degree;
  }

  /// Bytes of the list at an address, which must be one that [#read] accepts.
  public int length(long address) {
    int degree = Byte.toUnsignedInt(NativeMemory.ALL.get(NativeMemory.BYTE, address));
    int bits = 0;
    for (int i = 0; i < degree; i++) {
      int pair = NativeMemory.ALL.get(NativeMemory.BYTE, address + 1 + (i >> 1));
      bits += widths[(pair >>> ((i & 1) << 2)) & FAR];
    }
    return 1 + (degree + 1) / 2 + (bits + 7) / 8;
  }

  /// Bytes of the list at an address, or -1 if [#read] would refuse it, for checking many of them.
  public int checkedLength(long address, long end) {
    int degree = Byte.toUnsignedInt(NativeMemory.ALL.get(NativeMemory.BYTE, address));
    long selectorsAt = address + 1;
    long bitsAt = selectorsAt + (degree + 1) / 2;
    if (bitsAt > end) {
      return -1;
    }
    long lastWord = end - Long.BYTES;
    int bit = 0;
    long last = -1;
    for (int i = 0; i < degree; i++) {
      int pair = NativeMemory.ALL.get(NativeMemory.BYTE, selectorsAt + (i >> 1));
      int selector = (pair >>> ((i & 1) << 2)) & FAR;
      int width = widths[selector];
      long wordAt = Math.min(bitsAt + (bit >>> 3), lastWord);
      int shift = (int) (((bitsAt - wordAt) << 3) + bit);
      long bits = NativeMemory.ALL.get(NativeMemory.LONG, wordAt) >>> shift;
      last += (bits & ((1L << width) - 1)) + bases[selector] + 1;
      bit += width;
    }
    long listEnd = bitsAt + ((bit + 7) >>> 3);
    return last >= vertexCount || listEnd > end ? -1 : (int) (listEnd - address);
  }

  /// Chooses the baseBits of a graph from some of its lists.
  public static final class Chooser {
    private final int farBits;
    private final long[] counts = new long[Integer.SIZE + 1];

    public Chooser(int vertexCount) {
      this.farBits = farBits(vertexCount);
    }

    /// Takes a list into account.
    ///
    /// @param neighbours ascending and distinct
    public void add(int[] neighbours, int degree) {
      int previous = -1;
      for (int i = 0; i < degree; i++) {
        counts[31 - Integer.numberOfLeadingZeros(neighbours[i] - previous)]++;
        previous = neighbours[i];
      }
    }

    public int baseBits() {
      int best = 0;
      long bestBits = Long.MAX_VALUE;
      for (int base = 0; base <= MAX_BASE_BITS; base++) {
        long bits = 0;
        for (int width = 0; width < counts.length; width++) {
          bits += counts[width] * (width - base < FAR ? Math.max(base, width) : farBits);
        }
        if (bits < bestBits) {
          best = base;
          bestBits = bits;
        }
      }
      return best;
    }
  }
}
