package com.omendb.store.checking;

import com.omendb.store.verify.Damage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Collects what a check finds, in bounded memory. Thread-safe.
public final class DamageLog {
  private static final Comparator<Damage> BY_PLACE =
      Comparator.comparing(Damage::file).thenComparingLong(Damage::offset);

  private final int maxDamages;
  private final List<Damage> damages = new ArrayList<>();
  private final Map<String, Long> countByFile = new HashMap<>();
  private final BitSet damagedPages = new BitSet();
  private final List<String> notes = new ArrayList<>();
  private long count;

  public DamageLog(int maxDamages) {
    this.maxDamages = maxDamages;
  }

  /// Adds something that is wrong.
  public synchronized void add(Damage damage) {
    count++;
    countByFile.merge(damage.file(), 1L, Long::sum);
    if (damages.size() < maxDamages) {
      damages.add(damage);
    }
    if (damage.page() != Damage.NO_PAGE && damage.kind() != Damage.Kind.UNREACHABLE) {
      damagedPages.set((int) damage.page());
    }
  }

  /// Adds something wrong that is not of a page.
  public void add(String file, Damage.Kind kind, long offset, String expected, String found) {
    add(Damage.of(file, kind, offset, expected, found));
  }

  /// Adds something that was not checked, or is strange but not wrong.
  public synchronized void note(String note) {
    notes.add(note);
  }

  /// Whether nothing is wrong with a file so far.
  public synchronized boolean isWhole(String file) {
    return !countByFile.containsKey(file);
  }

  public synchronized long count() {
    return count;
  }

  public synchronized long count(String file) {
    return countByFile.getOrDefault(file, 0L);
  }

  /// What was listed, by file and offset.
  public synchronized List<Damage> damages() {
    return damages.stream().sorted(BY_PLACE).toList();
  }

  public synchronized int damagedPageCount() {
    return damagedPages.cardinality();
  }

  public synchronized BitSet damagedPages() {
    return (BitSet) damagedPages.clone();
  }

  public synchronized List<String> notes() {
    return List.copyOf(notes);
  }
}
