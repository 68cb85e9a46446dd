package com.omendb.diskann.repair;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.parts.PartOpening;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.part.Origin;
import com.omendb.vectors.Progress;
import com.omendb.vectors.WorkInterruptedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is wrong with the files of an index beside the pages: those that can be made from them.
final class FileDamage {
  private final IndexRemains remains;
  private final IndexFacts facts;
  private final Survivors survivors;
  private final SortedMap<String, String> damage = new TreeMap<>();

  private FileDamage(IndexRemains remains, IndexFacts facts, Survivors survivors) {
    this.remains = remains;
    this.facts = facts;
    this.survivors = survivors;
  }

  /// Reads all of the files.
  ///
  /// @return what is wrong, by name of file, of those that are missing or damaged
  static SortedMap<String, String> find(
      IndexRemains remains, IndexFacts facts, Survivors survivors, Progress progress) {
    progress.phase("check files", 0);
    FileDamage found = new FileDamage(remains, facts, survivors);
    found.checkAll();
    return found.damage;
  }

  private void checkAll() {
    for (GraphPart<?> part : facts.parts().all()) {
      if (part.origin() != Origin.SOURCE) {
        check(part);
      }
    }
    facts.parts().makers().forEach(this::addLostWithOthers);
  }

  // What is whole and of no use without another part that is not.
  private void addLostWithOthers(PartMaker maker) {
    Set<GraphPart<?>> damaged = new LinkedHashSet<>(maker.parts());
    damaged.removeIf(part -> !damage.containsKey(part.name()));
    if (!damaged.isEmpty()) {
      String lost = damaged.iterator().next().name();
      for (GraphPart<?> part : maker.lostWith(damaged)) {
        damage.putIfAbsent(part.name(), "of no use without " + lost);
      }
    }
  }

  private void check(GraphPart<?> part) {
    if (!Files.exists(remains.files().resolve(part.name()))) {
      damage.put(part.name(), "missing");
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      part.open(opening(arena));
    } catch (ClosedByInterruptException _) {
      throw new WorkInterruptedException();
    } catch (IOException e) {
      damage.put(part.name(), describe(e));
    }
  }

  private PartOpening opening(Arena arena) {
    PageShape shape = survivors.shape();
    return new PartOpening(
        remains.files(),
        facts.manifest(remains.indexId(), shape.nodeCount(), new TreeMap<>()),
        shape.pageCount(),
        survivors.wholeFile() ? survivors.firstNodes() : null,
        arena);
  }

  /// What an exception says is wrong, in one clause.
  static String describe(IOException e) {
    return e instanceof CorruptFileException corrupt
        ? what(corrupt) + ": expected " + corrupt.expected() + ", found " + corrupt.actual()
        : String.valueOf(e.getMessage());
  }

  private static String what(CorruptFileException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(": path=");
    return end < 0 ? message : message.substring(0, end);
  }

  /// What is wrong with the pages as a whole, or null.
  static @Nullable String ofPages(Survivors survivors) {
    if (survivors.wholeFile()) {
      return null;
    }
    PageShape shape = survivors.shape();
    if (!shape.headerDamage().isEmpty()) {
      return shape.headerDamage() + pagesLost(survivors, "; ");
    }
    String lost = pagesLost(survivors, "");
    return lost.isEmpty() ? "does not open as " + BasePageFormat.FILE : lost;
  }

  private static String pagesLost(Survivors survivors, String before) {
    if (survivors.lostPages().isEmpty()) {
      return "";
    }
    int first = survivors.lostPages().firstKey();
    return before
        + survivors.lostPages().size()
        + " of "
        + survivors.shape().pageCount()
        + " pages lost, the first pageNumber="
        + first
        + ": "
        + survivors.lostPages().get(first);
  }
}
