package com.omendb.diskann.search;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.PageFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/// The pages that could not be brought into memory when an index was opened, and the nodes in them.
/// Immutable and thread-safe.
final class LostPages {
  private final PageFile file;
  private final int[] pages;
  private final String[] reasons;
  // The nodes of the page at a position, ascending like the pages.
  private final int[] firstNodes;
  private final int[] endNodes;

  /// @param failures why, by page; at least one
  LostPages(
      PageFile file,
      PageDirectory directory,
      int nodeCount,
      SortedMap<Integer, IOException> failures) {
    this.file = file;
    pages = new int[failures.size()];
    reasons = new String[pages.length];
    firstNodes = new int[pages.length];
    endNodes = new int[pages.length];
    int at = 0;
    for (Map.Entry<Integer, IOException> failure : failures.entrySet()) {
      pages[at] = failure.getKey();
      reasons[at] = String.valueOf(failure.getValue().getMessage());
      firstNodes[at] = firstNode(directory, nodeCount, pages[at]);
      endNodes[at] = firstNode(directory, nodeCount, pages[at] + 1);
      at++;
    }
  }

  // The first node that does not lie before a page.
  private static int firstNode(PageDirectory directory, int nodeCount, int page) {
    int low = 0;
    int high = nodeCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (directory.page(middle) < page) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// How many pages.
  int count() {
    return pages.length;
  }

  /// Nodes in all of them.
  int nodeCount() {
    int nodes = 0;
    for (int i = 0; i < pages.length; i++) {
      nodes += endNodes[i] - firstNodes[i];
    }
    return nodes;
  }

  /// The position of the page that a node was lost with, or -1 if it was not lost.
  int indexOf(int node) {
    int found = Arrays.binarySearch(firstNodes, node);
    int at = found >= 0 ? found : -found - 2;
    return at >= 0 && node < endNodes[at] ? at : -1;
  }

  /// The exception for who cannot go on without a page.
  CorruptFileException failure(int index) {
    int page = pages[index];
    return new CorruptFileException(
        "a page could not be brought into memory when the index was opened",
        file.path(),
        page,
        (page + 1L) * file.pageBytes(),
        "a whole page",
        reasons[index]);
  }
}
