package com.omendb.diskann.search;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.vamana.NodeHash;
import java.util.Arrays;

/// Chooses the pages that are worth reading next: a page's gain is the number of its unread
/// candidates that may be expected among the k nearest, from the keys of the list and the error of
/// the codes. Its table is no set because it says where each page's gain is.
///
/// Scratch of one thread. Not thread-safe.
final class PageChooser {
  // Candidates less likely than this share of the threshold cannot make a page worth reading.
  private static final double NEGLIGIBLE = 0.02;

  private static final int EMPTY = -1;

  private final PageDirectory directory;
  private int[] pages = new int[256];
  private double[] gains = new double[256];
  private int pageCount;
  // Open addressing: position + 1 of a page in `pages`, 0 where empty.
  private int[] table = new int[1024];

  PageChooser(PageDirectory directory) {
    this.directory = directory;
  }

  /// Writes the pages with the largest gains into `chosen`, most first, and returns how many.
  ///
  /// @param bound key of the k-th nearest
  /// @param deviation of estimates near the bound
  /// @param threshold gain that a page must exceed
  /// @param excluded pages that are not to be chosen, the first `excludedCount`
  /// @param limit the most pages to choose
  int choose(
      OpenList list,
      float bound,
      double deviation,
      double threshold,
      int[] excluded,
      int excludedCount,
      int limit,
      int[] chosen) {
    collect(list, bound, deviation, threshold * NEGLIGIBLE);
    for (int i = 0; i < excludedCount; i++) {
      int at = table[slot(excluded[i])];
      if (at > 0) {
        gains[at - 1] = EMPTY;
      }
    }
    int count = 0;
    while (count < limit) {
      int best = 0;
      for (int i = 1; i < pageCount; i++) {
        if (gains[i] > gains[best]) {
          best = i;
        }
      }
      if (pageCount == 0 || !(gains[best] > threshold)) {
        break;
      }
      chosen[count++] = pages[best];
      gains[best] = EMPTY;
    }
    return count;
  }

  private void collect(OpenList list, float bound, double deviation, double least) {
    Arrays.fill(table, 0);
    pageCount = 0;
    for (int i = 0; i < list.size(); i++) {
      if (list.isExact(i)) {
        continue;
      }
      double probability =
          bound == Float.POSITIVE_INFINITY
              ? 1
              : CodeErrorModel.probability(list.key(i), bound, deviation);
      if (probability < least) {
        return;
      }
      addGain(directory.page(list.node(i)), probability);
    }
  }

  private void addGain(int page, double gain) {
    int slot = slot(page);
    if (table[slot] == 0) {
      if (pageCount == pages.length) {
        grow();
        slot = slot(page);
      }
      pages[pageCount] = page;
      gains[pageCount++] = 0;
      table[slot] = pageCount;
    }
    gains[table[slot] - 1] += gain;
  }

  // The slot of a page in the table, or where it would go.
  private int slot(int page) {
    int mask = table.length - 1;
    int at = NodeHash.slot(page, mask);
    while (table[at] != 0 && pages[table[at] - 1] != page) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    pages = Arrays.copyOf(pages, 2 * pages.length);
    gains = Arrays.copyOf(gains, pages.length);
    table = new int[4 * pages.length];
    for (int i = 0; i < pageCount; i++) {
      table[slot(pages[i])] = i + 1;
    }
  }
}
