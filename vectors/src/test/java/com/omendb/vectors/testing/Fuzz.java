package com.omendb.vectors.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Gives a parser many damaged inputs, and fails if it answers one of them with anything but what
/// it says it throws, with a memory hunger out of proportion, or not at all.
///
/// Every input depends on the seed and its number alone. A failure names both, and leaves the input
/// in `target/fuzz`; put into `src/test/resources/fuzz/NAME`, it is tried first from then on, and
/// its offspring with it.
///
/// - `-Domen.seed=N`: another sequence of inputs
/// - `-Domen.fuzz.factor=N`: N times as many inputs as usual
/// - `-Domen.fuzz.only=I`: input I and no other
/// - `-Domen.fuzz.report=FILE`: a line for each parser is appended to the file
public final class Fuzz {
  /// What one input may allocate on the heap, whatever it says.
  private static final long MAX_ALLOCATED_BYTES = 96L << 20;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final long ownSeed;
  private final List<byte[]> seeds = new ArrayList<>();
  private final List<Class<? extends Throwable>> allowed =
      new ArrayList<>(List.of(IOException.class));
  private UnaryOperator<byte[]> mend = bytes -> bytes;
  private BiFunction<byte[], SplittableRandom, byte[]> damage = (bytes, _) -> bytes;
  private long maxAllocatedBytes = MAX_ALLOCATED_BYTES;

  private Fuzz(String name, long ownSeed) {
    this.name = name;
    this.ownSeed = ownSeed;
  }

  /// Something that takes bytes that nobody vouches for.
  @FunctionalInterface
  public interface Parser {
    /// Parses the input and uses what came out, as far as it can be used.
    void parse(byte[] input) throws Exception;
  }

  /// Fuzzing of one parser.
  ///
  /// @param name letters, digits and dashes
  /// @param ownSeed the seed that the parser is usually tried with
  public static Fuzz of(String name, long ownSeed) {
    return new Fuzz(name, ownSeed);
  }

  /// Adds inputs that the parser accepts.
  public Fuzz from(byte[]... inputs) {
    seeds.addAll(List.of(inputs));
    return this;
  }

  /// Mends checksums and lengths of most inputs, so that the damage gets behind those checks.
  public Fuzz mending(UnaryOperator<byte[]> mender) {
    mend = mender;
    return this;
  }

  /// Damages half of the inputs in ways that know the format, before bytes are damaged.
  public Fuzz damaging(BiFunction<byte[], SplittableRandom, byte[]> damager) {
    damage = damager;
    return this;
  }

  /// Allows a type of exception beside [IOException].
  public Fuzz allowing(Class<? extends Throwable> type) {
    allowed.add(type);
    return this;
  }

  /// Allows more memory an input than 96 MiB.
  public Fuzz allocating(long maxBytes) {
    maxAllocatedBytes = maxBytes;
    return this;
  }

  /// Runs the parser on the seeds, on the inputs that it once failed on, and on `count` damaged
  /// ones (times `omen.fuzz.factor`).
  ///
  /// @throws AssertionError if an input gets through to where it must not
  public void run(int count, Parser parser) {
    long seed = Seeds.seed("fuzz-" + name, ownSeed);
    long inputs = count * Math.max(1, Long.getLong("omen.fuzz.factor", 1));
    long only = Long.getLong("omen.fuzz.only", -1);
    Tally tally = new Tally();
    try (FuzzWatch watch = new FuzzWatch(name, seed)) {
      for (byte[] sound : List.copyOf(seeds)) {
        attempt(sound, -1, seed, parser, tally, watch);
      }
      if (tally.refusals() > 0) {
        throw new AssertionError("fuzz " + name + ": a sound input is refused: " + tally);
      }
      for (byte[] found : found()) {
        seeds.add(found);
        attempt(found, -1, seed, parser, tally, watch);
      }
      for (long i = Math.max(0, only); i < (only < 0 ? inputs : only + 1); i++) {
        attempt(input(seed, i), i, seed, parser, tally, watch);
      }
    }
    tally.report(name);
  }

  private byte[] input(long seed, long number) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    byte[] start = seeds.get(random.nextInt(seeds.size()));
    byte[] other = seeds.get(random.nextInt(seeds.size()));
    byte[] input = start;
    boolean knowing = random.nextBoolean();
    if (knowing) {
      input = damage.apply(input.clone(), random);
    }
    if (!knowing || Arrays.equals(input, start) || random.nextInt(4) == 0) {
      input = new ByteMutator(random).mutate(input, other);
    }
    return random.nextInt(16) == 0 ? input : mend.apply(input);
  }

  private void attempt(
      byte[] input, long number, long seed, Parser parser, Tally tally, FuzzWatch watch) {
    watch.begin(number, input);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    String outcome = "accepted";
    try {
      parser.parse(input.clone());
    } catch (Throwable e) {
      if (allowed.stream().noneMatch(type -> type.isInstance(e))) {
        throw new AssertionError(describe(input, number, seed) + " ended with " + e, e);
      }
      outcome = e.getClass().getSimpleName();
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > maxAllocatedBytes) {
      throw new AssertionError(
          describe(input, number, seed) + ", " + outcome + ", took " + allocated + " bytes");
    }
    tally.add(outcome);
  }

  private String describe(byte[] input, long number, long seed) {
    return "fuzz "
        + name
        + ": an input of "
        + input.length
        + " bytes, kept as "
        + keep(name, number, input)
        + ", replayed with -Domen.seed="
        + seed
        + " -Domen.fuzz.only="
        + number
        + ",";
  }

  /// Writes an input where people find it.
  static Path keep(String name, long number, byte[] input) {
    try {
      Path folder = Files.createDirectories(Path.of("target", "fuzz"));
      return Files.write(folder.resolve(name + "-" + number + ".bin"), input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<byte[]> found() {
    URL folder = Fuzz.class.getResource("/fuzz/" + name);
    if (folder == null) {
      return List.of();
    }
    List<byte[]> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError("cannot read the inputs of fuzz " + name, e);
    }
    return inputs;
  }

  /// How many inputs ended how.
  private static final class Tally {
    private final Map<String, Long> outcomes = new TreeMap<>();

    void add(String outcome) {
      outcomes.merge(outcome, 1L, Long::sum);
    }

    long refusals() {
      return total() - outcomes.getOrDefault("accepted", 0L);
    }

    private long total() {
      return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    void report(String name) {
      String file = System.getProperty("omen.fuzz.report", "");
      if (file.isEmpty()) {
        return;
      }
      String line = String.format(Locale.ROOT, "%s %d %s%n", name, total(), outcomes);
      try {
        Files.writeString(
            Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return outcomes.toString();
    }
  }
}
