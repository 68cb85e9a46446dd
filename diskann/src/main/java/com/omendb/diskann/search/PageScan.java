package com.omendb.diskann.search;

import com.omendb.diskann.vamana.RandomOrder;
import java.util.BitSet;

/// Goes through all pages, spread evenly, for a search whose ways to other pages led through pages
/// that it had to skip.
final class PageScan {
  private final int pageCount;
  private final RandomOrder order;
  private final BitSet taken = new BitSet();
  private int position;

  PageScan(int pageCount) {
    this.pageCount = pageCount;
    this.order = new RandomOrder(pageCount, 0);
  }

  /// Writes the next pages, at most `limit`, that were neither skipped nor taken; returns how many.
  int next(int[] pages, int limit, BitSet skipped) {
    int count = 0;
    while (count < limit && position < pageCount) {
      int page = (int) order.at(position++);
      if (!skipped.get(page) && !taken.get(page)) {
        pages[count++] = page;
      }
    }
    return count;
  }

  /// Notes a page that has been taken.
  void took(int page) {
    taken.set(page);
  }
}
