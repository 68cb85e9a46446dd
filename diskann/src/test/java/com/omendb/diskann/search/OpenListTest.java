package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.vectors.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: the list is the nearest of what was added and not dropped since, as far as it fits,
/// in order, each with its key and whether that is exact.
class OpenListTest {
  private record Entry(int node, float key, boolean exact) {}

  @Test
  void itHoldsTheNearestOfWhatWasAddedInOrder() {
    SplittableRandom random = Seeds.random("itHoldsTheNearestOfWhatWasAddedInOrder", 96);
    OpenList list = new OpenList();
    for (int round = 0; round < 300; round++) {
      int capacity = 1 + random.nextInt(random.nextInt(20) == 0 ? 600 : 40);
      list.reset(capacity);
      List<Entry> expected = new ArrayList<>();
      int node = 0;
      for (int step = random.nextInt(400); step > 0; step--) {
        if (random.nextInt(10) == 0) {
          int first = random.nextInt(node + 1);
          int end = first + random.nextInt(20);
          list.dropRange(first, end);
          expected.removeIf(entry -> entry.node() >= first && entry.node() < end);
        } else {
          Entry entry = new Entry(node++, random.nextInt(50) - 10f, random.nextBoolean());
          if (entry.exact()) {
            list.addExact(entry.node(), entry.key());
          } else {
            list.addEstimated(entry.node(), entry.key());
          }
          expected.add(entry);
          expected.sort(Comparator.comparingDouble(Entry::key));
          if (expected.size() > capacity) {
            expected.removeLast();
          }
        }
        assertEquals(expected, entries(list));
      }
      for (int k = 1; k <= capacity + 1; k++) {
        float key = k <= expected.size() ? expected.get(k - 1).key() : Float.POSITIVE_INFINITY;
        assertEquals(key, list.keyOf(k));
      }
    }
  }

  private static List<Entry> entries(OpenList list) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      entries.add(new Entry(list.node(i), list.key(i), list.isExact(i)));
    }
    return entries;
  }
}
