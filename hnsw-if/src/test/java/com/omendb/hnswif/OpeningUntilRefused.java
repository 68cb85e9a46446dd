package com.omendb.hnswif;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.ReadEngine;
import com.omendb.store.SearchRequest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A process that opens one index again and again until the system has no file descriptor left for
/// it, searches what is open, closes all, and says how many descriptors the process has kept; at
/// last it opens and searches once more.
final class OpeningUntilRefused {
  static final int COUNT = 300;
  static final int DIMENSION = 8;
  static final long SEED = 48;
  private static final int FEWEST = 10;
  private static final int MOST = 1_000;

  private OpeningUntilRefused() {}

  /// @param arguments the directory of an index of [#vectors]
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = vectors(arena);
      loadClasses(directory, vectors);
      for (int round = 0; round < 3; round++) {
        List<AnnIndex> open = new ArrayList<>();
        IOException refusal = openAll(directory, open);
        if (open.size() < FEWEST) {
          throw new AssertionError("refused too early: opened=" + open.size(), refusal);
        }
        for (AnnIndex index : open) {
          search(index, vectors);
        }
        for (AnnIndex index : open) {
          index.close();
        }
        System.out.println(
            "kept=" + descriptors() + ", opened=" + open.size() + ", refusal=" + refusal);
      }
      loadClasses(directory, vectors);
    }
  }

  static VectorSource vectors(Arena arena) {
    return TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, SEED, arena);
  }

  // A class that is first needed when there is no descriptor cannot be read from its file.
  private static void loadClasses(Path directory, VectorSource vectors) throws IOException {
    OpenOptions usual = TestIndexes.quickOpen();
    OpenOptions onThreads = usual.toBuilder().tuning(t -> t.readEngine(ReadEngine.PREAD)).build();
    for (OpenOptions options : List.of(usual, onThreads)) {
      try (AnnIndex index = AnnIndex.open(directory, options)) {
        search(index, vectors);
      }
    }
    try {
      AnnIndex.open(directory.resolve("missing"), TestIndexes.quickOpen()).close();
      throw new AssertionError("opened what is not there");
    } catch (NoSuchFileException _) {
      // As it should be.
    }
    // The first message reads the time zones from a file.
    System.getLogger(OpeningUntilRefused.class.getName()).log(System.Logger.Level.INFO, "begins");
  }

  private static IOException openAll(Path directory, List<AnnIndex> open) {
    while (open.size() < MOST) {
      try {
        open.add(AnnIndex.open(directory, TestIndexes.quickOpen()));
      } catch (IOException e) {
        return e;
      }
    }
    throw new AssertionError("never refused: opened=" + open.size());
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  private static void search(AnnIndex index, VectorSource vectors) throws IOException {
    for (long row = 0; row < COUNT; row += 37) {
      float distance = index.search(SearchRequest.of(vectors, row, 1)).distances()[0];
      if (distance != 0) {
        throw new AssertionError("not found: row=" + row + ", distance=" + distance);
      }
    }
  }
}
