package com.omendb.diskann.repair;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /// Opens a file and checks it, or throws.
  private interface Check {
    void run(Path file, Arena arena) throws IOException;
  }

  private void checkAll() {
    int nodeCount = survivors.shape().nodeCount();
    check(
        PageDirectory.FILE,
        (file, arena) ->
            requireFirstNodes(
                file,
                PageDirectory.map(
                    file, remains.indexId(), nodeCount, survivors.shape().pageCount(), arena)));
    check(
        ThinGraph.FILE,
        (file, arena) -> NeighbourLists.map(file, remains.indexId(), nodeCount, arena));
    check(
        GroupGraph.FILE,
        (file, arena) ->
            NeighbourLists.map(file, remains.indexId(), GroupGraph.groupCount(nodeCount), arena));
    for (int size : facts.subspaceCounts()) {
      check(
          CodesFile.codebookName(size),
          (_, arena) ->
              CodesFile.mapCodebook(
                  remains.files(),
                  remains.indexId(),
                  facts.dimension(),
                  facts.metric(),
                  size,
                  arena));
      // Codes mean nothing without their codebook.
      check(
          CodesFile.codesName(size),
          (_, arena) ->
              CodesFile.map(
                  remains.files(),
                  remains.indexId(),
                  nodeCount,
                  facts.dimension(),
                  facts.metric(),
                  size,
                  arena));
    }
    facts
        .kind()
        .entryFile()
        .ifPresent(entry -> check(entry.name(), (file, _) -> entry.check(file, manifest())));
  }

  private void check(String name, Check check) {
    Path file = remains.files().resolve(name);
    if (!Files.exists(file)) {
      damage.put(name, "missing");
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      check.run(file, arena);
    } catch (IOException e) {
      damage.put(name, describe(e));
    }
  }

  // A directory may be whole and of other pages.
  private void requireFirstNodes(Path file, PageDirectory directory) throws IOException {
    if (!survivors.wholeFile()) {
      return;
    }
    int page = 0;
    for (int node = survivors.firstNodes().nextSetBit(0);
        node >= 0;
        node = survivors.firstNodes().nextSetBit(node + 1)) {
      if (directory.page(node) != page) {
        throw new CorruptFileException(
            "page directory does not match the pages",
            file,
            0,
            "node " + node + " in page " + page,
            "in page " + directory.page(node));
      }
      page++;
    }
  }

  private Manifest manifest() {
    return facts.manifest(remains.indexId(), survivors.shape().nodeCount(), facts.settings());
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
