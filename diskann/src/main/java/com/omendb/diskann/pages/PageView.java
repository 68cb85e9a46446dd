package com.omendb.diskann.pages;

import com.omendb.vectors.memory.NativeMemory;

/// Reads the records of one page in memory; moved from page to page without allocation.
///
/// The page's checksum has been verified, so its bytes are what was written; still no offset or
/// node is trusted before it was checked against the page and the index, because addresses are made
/// from them. Not thread-safe.
public final class PageView {
  private final int pageBytes;
  private final int vectorBytes;
  private final int nodeCount;
  private final NeighbourCodec codec;
  private long address;
  private int firstNode;
  private int recordCount;

  /// A view for pages of an index of `nodeCount` nodes.
  public PageView(int pageBytes, int vectorBytes, int nodeCount, NeighbourCodec codec) {
    this.pageBytes = pageBytes;
    this.vectorBytes = vectorBytes;
    this.nodeCount = nodeCount;
    this.codec = codec;
  }

  /// The most records that a page can hold.
  public static int maxRecordCount(int pageBytes) {
    return (pageBytes - BasePageFormat.TABLE_OFFSET) / BasePageFormat.TABLE_ENTRY_BYTES;
  }

  /// Moves the view to the page at a native address.
  ///
  /// @throws MalformedPageException if its table does not fit the page
  public void moveTo(long pageAddress) throws MalformedPageException {
    address = pageAddress;
    firstNode =
        NativeMemory.ALL.get(NativeMemory.INT, pageAddress + BasePageFormat.FIRST_NODE_OFFSET);
    recordCount =
        Short.toUnsignedInt(
            NativeMemory.ALL.get(
                NativeMemory.SHORT, pageAddress + BasePageFormat.RECORD_COUNT_OFFSET));
    int tableEnd = BasePageFormat.TABLE_OFFSET + recordCount * BasePageFormat.TABLE_ENTRY_BYTES;
    if (recordCount == 0
        || tableEnd > pageBytes
        || firstNode < 0
        || firstNode > nodeCount - recordCount) {
      throw new MalformedPageException(
          "firstNode=" + firstNode + ", recordCount=" + recordCount + ", nodeCount=" + nodeCount);
    }
  }

  /// The node of slot 0.
  public int firstNode() {
    return firstNode;
  }

  /// Records in the page.
  public int recordCount() {
    return recordCount;
  }

  /// Checks that the page holds the nodes that the directory looks for in it, and no others: a
  /// search that does not find a node where it should be would ask for the page again and again.
  ///
  /// @throws MalformedPageException if it holds others
  public void requireNodesOf(PageDirectory directory, int page) throws MalformedPageException {
    if (!directory.holds(page, firstNode, recordCount)) {
      throw new MalformedPageException(
          "the directory knows other nodes of the page: firstNode="
              + firstNode
              + ", recordCount="
              + recordCount);
    }
  }

  /// The slot of a node.
  ///
  /// @throws MalformedPageException if it is not in this page
  public int requireSlot(int node) throws MalformedPageException {
    int slot = node - firstNode;
    if (slot < 0 || slot >= recordCount) {
      throw new MalformedPageException(
          "node=" + node + ", firstNode=" + firstNode + ", recordCount=" + recordCount);
    }
    return slot;
  }

  /// Native address of a record's vector.
  public long vectorAddress(int slot) throws MalformedPageException {
    int start = recordStart(slot);
    if (start + vectorBytes > recordEnd(slot)) {
      throw new MalformedPageException("slot=" + slot + ", recordStart=" + start);
    }
    return address + start;
  }

  /// The vectorId of a record.
  public long vectorId(int slot) throws MalformedPageException {
    long at = vectorAddress(slot) + vectorBytes;
    long end = address + recordEnd(slot);
    long id = 0;
    for (int shift = 0; shift < 63 && at < end; shift += 7) {
      byte part = NativeMemory.ALL.get(NativeMemory.BYTE, at++);
      id |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return id;
      }
    }
    throw new MalformedPageException("vectorId does not end: slot=" + slot);
  }

  /// Copies a record's neighbours, ascending, into `target`, which must hold 255, and returns how
  /// many they are.
  public int neighbours(int slot, int[] target) throws MalformedPageException {
    long at = vectorAddress(slot) + vectorBytes;
    long end = address + recordEnd(slot);
    while (at < end && NativeMemory.ALL.get(NativeMemory.BYTE, at) < 0) {
      at++;
    }
    at++;
    int degree = at < end ? codec.read(at, end, target) : -1;
    if (degree < 0) {
      throw new MalformedPageException("neighbours are no list: slot=" + slot);
    }
    return degree;
  }

  /// Whether a record is written as a writer writes it: its list ends where the next record begins,
  /// or in the last slot, has only zeros behind it.
  ///
  /// @param scratch holds 255
  public boolean isExact(int slot, int[] scratch) throws MalformedPageException {
    neighbours(slot, scratch);
    long at = vectorAddress(slot) + vectorBytes;
    while (NativeMemory.ALL.get(NativeMemory.BYTE, at) < 0) {
      at++;
    }
    at++;
    at += codec.length(at);
    long end = address + recordEnd(slot);
    if (slot + 1 < recordCount) {
      return at == end;
    }
    while (at < end && NativeMemory.ALL.get(NativeMemory.BYTE, at) == 0) {
      at++;
    }
    return at >= end;
  }

  private int recordStart(int slot) throws MalformedPageException {
    int start =
        Short.toUnsignedInt(
            NativeMemory.ALL.get(
                NativeMemory.SHORT,
                address
                    + BasePageFormat.TABLE_OFFSET
                    + (long) slot * BasePageFormat.TABLE_ENTRY_BYTES));
    if (start < BasePageFormat.TABLE_OFFSET || start >= pageBytes) {
      throw new MalformedPageException("slot=" + slot + ", recordStart=" + start);
    }
    return start;
  }

  private int recordEnd(int slot) throws MalformedPageException {
    return slot + 1 < recordCount ? recordStart(slot + 1) : pageBytes;
  }

  /// A page whose checksum is right but whose content breaks the format.
  public static final class MalformedPageException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedPageException(String what) {
      super(what);
    }
  }
}
