package com.omendb.pagecache.testing;

import com.omendb.pagecache.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes versions of something over each other on a [FaultyStorage], again and again, each time on
/// what the crash before has left, and checks after each crash that the old version or the new one
/// is there, whole; the new one if the writer said that it was done.
///
/// The same seed gives the same rounds. `-Domen.crashes=1000` asks for more rounds than a test's
/// own number.
public final class CrashRounds {
  /// What [Scenario#read] returns for nothing at all.
  public static final int NOTHING = -1;

  private static final int FRESH_EVERY = 6;
  private static final long LATE = 20;

  /// What is written and how it is checked.
  public interface Scenario {
    /// Puts a version in the place of what is there.
    ///
    /// @param root directory that exists; the scenario's own lie below it
    void write(Storage storage, Path root, int version) throws IOException;

    /// The version that is there, or [#NOTHING]; an error if it is not whole.
    int read(Path root) throws IOException;
  }

  /// How many rounds ended how.
  public enum Outcome {
    NOTHING_YET,
    OLD,
    NEW_AFTER_FAILURE,
    NEW
  }

  private final Scenario scenario;
  private final int versions;
  private final Path temporary;
  private final long seed;
  private final Map<Outcome, Integer> outcomes = new TreeMap<>();
  private int crashes;
  private int failures;

  /// Rounds of one scenario.
  ///
  /// @param versions how many there are, at least 2
  /// @param temporary an empty directory to work in
  public CrashRounds(Scenario scenario, int versions, Path temporary, long seed) {
    this.scenario = scenario;
    this.versions = versions;
    this.temporary = temporary;
    this.seed = seed;
  }

  /// The number of rounds asked for by the system property, or a test's own.
  public static int count(int own) {
    return Integer.getInteger("omen.crashes", own);
  }

  /// Runs the rounds and returns how many ended how.
  public Map<Outcome, Integer> run(int rounds) throws IOException {
    long[] operations = countOperations();
    Path root = Files.createDirectory(temporary.resolve("start"));
    int old = NOTHING;
    for (int round = 0; round < rounds; round++) {
      SplittableRandom random = new SplittableRandom(seed + round);
      if (random.nextInt(FRESH_EVERY) == 0) {
        deleteTree(root);
        Files.createDirectory(root);
        old = NOTHING;
      } else if (old == NOTHING && random.nextBoolean()) {
        scenario.write(Storage.disk(), root, 0);
        old = 0;
      }
      Path next = temporary.resolve("round-" + round);
      old = round(round, root, next, old, operations, random);
      deleteTree(root);
      root = next;
    }
    deleteTree(root);
    System.getLogger("com.omendb.pagecache.testing")
        .log(Level.INFO, "seed={0,number,#}: {1}", seed, this);
    return outcomes;
  }

  /// Operations of writing each version over another when nothing goes wrong.
  private long[] countOperations() throws IOException {
    Path root = Files.createDirectory(temporary.resolve("count"));
    long[] operations = new long[versions];
    scenario.write(Storage.disk(), root, versions - 1);
    for (int version = 0; version < versions; version++) {
      FaultyStorage storage = new FaultyStorage(root, Faults.NONE, new SplittableRandom(seed));
      scenario.write(storage, root, version);
      require(scenario.read(root) == version, "without faults the old version is left", storage);
      operations[version] = storage.operations();
    }
    deleteTree(root);
    return operations;
  }

  private int round(
      int round, Path root, Path next, int old, long[] operations, SplittableRandom random)
      throws IOException {
    int version = (Math.max(old, 0) + 1 + random.nextInt(versions - 1)) % versions;
    Faults faults = drawFaults(operations[version], random);
    FaultyStorage storage = new FaultyStorage(root, faults, random);
    String what =
        "round %d from seed %d: version %d over %d, %s"
            .formatted(round, seed, version, old, faults);
    boolean done = write(storage, root, version);
    if (!storage.crashed()) {
      failures += done ? 0 : 1;
      check(what + ", before the crash", scenario.read(root), old, version, done, storage);
    }
    crashes++;
    storage.reboot(next);
    int left;
    try {
      left = scenario.read(next);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(what + ": not whole after:\n" + storage.trace(), e);
    }
    check(what, left, old, version, done, storage);
    outcomes.merge(outcome(left, version, done), 1, Integer::sum);
    return left;
  }

  private static Outcome outcome(int left, int version, boolean done) {
    if (left == version) {
      return done ? Outcome.NEW : Outcome.NEW_AFTER_FAILURE;
    }
    return left == NOTHING ? Outcome.NOTHING_YET : Outcome.OLD;
  }

  private boolean write(FaultyStorage storage, Path root, int version) {
    try {
      scenario.write(storage, root, version);
      return true;
    } catch (IOException | UncheckedIOException _) {
      return false;
    }
  }

  private static void check(
      String what, int left, int old, int version, boolean done, FaultyStorage storage) {
    require(
        done ? left == version : left == version || left == old,
        what + ": there is " + left + (done ? " though the writer was done" : ""),
        storage);
  }

  private static void require(boolean holds, String what, FaultyStorage storage) {
    if (!holds) {
      throw new AssertionError(what + "; operations:\n" + storage.trace());
    }
  }

  private static Faults drawFaults(long operations, SplittableRandom random) {
    // Half of them among the last operations, where one index takes the place of another, and
    // after everything is done.
    long late = operations - Math.min(operations, LATE);
    long crashAt =
        random.nextBoolean()
            ? random.nextLong(late, operations + LATE / 4)
            : random.nextLong(operations);
    Faults faults = random.nextInt(4) == 0 ? Faults.NONE.withShortTransfers() : Faults.NONE;
    return switch (random.nextInt(20)) {
      case 0 -> faults.withFailures(crashAt, 1);
      case 1 -> faults.withFailures(crashAt, 1 + random.nextInt(8)).withCrashAt(crashAt + 20);
      case 2 -> faults.withFailures(crashAt, Long.MAX_VALUE);
      case 3 -> faults.withDiskBytes(random.nextLong(1 << random.nextInt(1, 20)));
      default -> faults.withCrashAt(crashAt);
    };
  }

  /// Crashes so far, and how many writers failed before without one.
  @Override
  public String toString() {
    return "crashes=%d, failures before=%d, %s".formatted(crashes, failures, outcomes);
  }

  private static void deleteTree(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
