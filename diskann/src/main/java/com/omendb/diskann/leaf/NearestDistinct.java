package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeHash;
import java.util.Arrays;

/// Keeps the nearest of a node's candidates, each once, with the least of its distances.
///
/// What it keeps depends on the set of the candidates only, not on their order, and keeping the
/// nearest of the nearest of parts gives the nearest of the whole. The table is no set of nodes
/// because it says where each node's least distance is. Owns the scratch of one thread.
final class NearestDistinct {
  private static final int EMPTY = -1;

  private final int keep;
  private int[] table = new int[1024];
  private int mask = table.length - 1;
  private long[] entries = new long[512];
  private int count;

  /// @param keep the most candidates to keep
  NearestDistinct(int keep) {
    this.keep = keep;
    Arrays.fill(table, EMPTY);
  }

  /// Forgets all candidates.
  void clear() {
    Arrays.fill(table, EMPTY);
    count = 0;
  }

  /// Adds an entry as [Records#entry] reads it.
  void add(long entry) {
    int slot = NodeHash.slot((int) entry, mask);
    int at = table[slot];
    while (at != EMPTY) {
      if ((int) entries[at] == (int) entry) {
        entries[at] = Math.min(entries[at], entry);
        return;
      }
      slot = (slot + 1) & mask;
      at = table[slot];
    }
    table[slot] = count;
    entries[count++] = entry;
    if (count == entries.length) {
      grow();
    }
  }

  /// Orders the nearest entries, nearest first, and returns how many they are. Nothing can be added
  /// until the next [#clear].
  int select() {
    if (count > keep) {
      partition();
    }
    int kept = Math.min(count, keep);
    Arrays.sort(entries, 0, kept);
    return kept;
  }

  /// A selected entry.
  long entry(int i) {
    return entries[i];
  }

  // Quickselect: the `keep` least entries go to the front. All entries differ.
  private void partition() {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      long pivot = median(entries[low], entries[(low + high) >>> 1], entries[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (entries[i] < pivot) {
          i++;
        }
        while (entries[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long swapped = entries[i];
          entries[i++] = entries[j];
          entries[j--] = swapped;
        }
      }
      if (keep <= j + 1) {
        high = j;
      } else if (keep > i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void grow() {
    entries = Arrays.copyOf(entries, entries.length * 2);
    table = new int[table.length * 2];
    mask = table.length - 1;
    Arrays.fill(table, EMPTY);
    for (int i = 0; i < count; i++) {
      int slot = NodeHash.slot((int) entries[i], mask);
      while (table[slot] != EMPTY) {
        slot = (slot + 1) & mask;
      }
      table[slot] = i;
    }
  }
}
