package com.omendb.diskann.search;

import com.omendb.diskann.format.PageDirectory;
import java.util.BitSet;
import java.util.function.IntPredicate;

/// The pages of all nodes that may be answers, in order: where so few may be that a search does not
/// come upon them, reading them all finds them.
final class AnswerPages {
  private final PageDirectory directory;
  private final int nodeCount;
  private final IntPredicate accepts;
  private int node;
  private int lastPage = -1;

  AnswerPages(PageDirectory directory, int nodeCount, IntPredicate accepts) {
    this.directory = directory;
    this.nodeCount = nodeCount;
    this.accepts = accepts;
  }

  /// Writes the next pages, at most `limit`, and returns how many; none at the end.
  ///
  /// @param skipped pages that cannot be read
  int next(int[] pages, int limit, BitSet skipped) {
    int count = 0;
    while (count < limit && node < nodeCount) {
      if (accepts.test(node)) {
        int page = directory.page(node);
        if (page != lastPage && !skipped.get(page)) {
          pages[count++] = page;
        }
        lastPage = page;
      }
      node++;
    }
    return count;
  }
}
