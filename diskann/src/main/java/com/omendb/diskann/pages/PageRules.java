package com.omendb.diskann.pages;

import com.omendb.vectors.memory.NativeMemory;

/// Holds a page in memory against every rule of the format, where [PageView] only sees to it that
/// what it reads lies within the page. Not thread-safe.
public final class PageRules {
  private final int pageBytes;
  private final int vectorBytes;
  private final int nodeCount;
  private final int largestDegree;
  private final NeighbourCodec codec;
  private final Findings findings;
  private final int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];

  /// Takes what is in pages.
  public interface Findings {
    /// A record that keeps the rules so far.
    ///
    /// @param vectorAddress where its vector is
    /// @param offset where the record begins in the page
    /// @param listAddress where its list of neighbours is
    /// @param listBytes bytes of the list
    void record(
        int node, long vectorAddress, int offset, long vectorId, long listAddress, int listBytes);

    /// A rule that is broken; if it is about the layout the rest of the page is not looked at.
    ///
    /// @param offset where in the page
    void broken(Rule rule, int offset, String expected, String found);
  }

  /// Which kind of rule is broken.
  public enum Rule {
    /// Offsets, counts and padding.
    LAYOUT,
    /// Which nodes a node may be joined to.
    EDGE
  }

  /// Rules for the pages of an index.
  public PageRules(
      int pageBytes,
      int vectorBytes,
      int nodeCount,
      int largestDegree,
      NeighbourCodec codec,
      Findings findings) {
    this.pageBytes = pageBytes;
    this.vectorBytes = vectorBytes;
    this.nodeCount = nodeCount;
    this.largestDegree = largestDegree;
    this.codec = codec;
    this.findings = findings;
  }

  /// The first node of the page at a native address.
  public static int firstNode(long page) {
    return NativeMemory.ALL.get(NativeMemory.INT, page + BasePageFormat.FIRST_NODE_OFFSET);
  }

  /// Records of the page at a native address.
  public static int recordCount(long page) {
    return Short.toUnsignedInt(
        NativeMemory.ALL.get(NativeMemory.SHORT, page + BasePageFormat.RECORD_COUNT_OFFSET));
  }

  /// Checks the page at a native address; returns whether its layout is right.
  public boolean check(long page) {
    int firstNode = firstNode(page);
    int recordCount = recordCount(page);
    int tableEnd = BasePageFormat.TABLE_OFFSET + recordCount * BasePageFormat.TABLE_ENTRY_BYTES;
    if (recordCount == 0 || tableEnd > pageBytes) {
      return broken(BasePageFormat.RECORD_COUNT_OFFSET, "1 or more records that fit", recordCount);
    }
    if (firstNode < 0 || firstNode > nodeCount - recordCount) {
      return broken(BasePageFormat.FIRST_NODE_OFFSET, "nodes below " + nodeCount, firstNode);
    }
    int spare = BasePageFormat.RECORD_COUNT_OFFSET + Short.BYTES;
    if (NativeMemory.ALL.get(NativeMemory.SHORT, page + spare) != 0) {
      return broken(spare, "zero", NativeMemory.ALL.get(NativeMemory.SHORT, page + spare));
    }
    int at = tableEnd;
    for (int slot = 0; slot < recordCount; slot++) {
      int entry = BasePageFormat.TABLE_OFFSET + slot * BasePageFormat.TABLE_ENTRY_BYTES;
      int start = Short.toUnsignedInt(NativeMemory.ALL.get(NativeMemory.SHORT, page + entry));
      if (start != at) {
        return broken(entry, "a record at " + at, start);
      }
      at = record(page, at, firstNode + slot);
      if (at < 0) {
        return false;
      }
    }
    return isZero(page, at);
  }

  // Checks a record and returns where it ends, or -1.
  private int record(long page, int start, int node) {
    int at = start + vectorBytes;
    long id = 0;
    int shift = 0;
    boolean more = true;
    while (more) {
      if (at >= pageBytes || shift >= 63) {
        broken(Math.min(at, pageBytes - 1), "the end of a vectorId", node);
        return -1;
      }
      byte part = NativeMemory.ALL.get(NativeMemory.BYTE, page + at++);
      id |= (part & 0x7fL) << shift;
      shift += 7;
      more = part < 0;
    }
    int degree = at < pageBytes ? codec.read(page + at, page + pageBytes, neighbours) : -1;
    if (degree < 0) {
      broken(Math.min(at, pageBytes - 1), "a list of nodes below " + nodeCount, node);
      return -1;
    }
    checkEdges(at, node, degree);
    int listBytes = codec.length(page + at);
    findings.record(node, page + start, start, id, page + at, listBytes);
    return at + listBytes;
  }

  private void checkEdges(int at, int node, int degree) {
    if (degree > largestDegree) {
      findings.broken(
          Rule.EDGE, at, "at most " + largestDegree + " neighbours", "degree=" + degree);
    }
    for (int i = 0; i < degree; i++) {
      if (neighbours[i] == node) {
        findings.broken(Rule.EDGE, at, "other nodes than itself", "neighbour=" + node);
      }
    }
  }

  private boolean isZero(long page, int from) {
    for (int at = from; at < pageBytes; at++) {
      if ((at & 7) == 0
          && at + Long.BYTES < pageBytes
          && NativeMemory.ALL.get(NativeMemory.LONG, page + at) == 0) {
        at += Long.BYTES - 1;
      } else if (NativeMemory.ALL.get(NativeMemory.BYTE, page + at) != 0) {
        return broken(at, "zero", NativeMemory.ALL.get(NativeMemory.BYTE, page + at));
      }
    }
    return true;
  }

  private boolean broken(int offset, String expected, int found) {
    findings.broken(Rule.LAYOUT, offset, expected, String.valueOf(found));
    return false;
  }
}
