package com.omendb.tools.bench;

import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.Residency;
import com.omendb.tools.hard.Comparison;
import com.omendb.tools.hard.HardTrial;
import com.omendb.vectors.testing.hard.HardFamilies;
import com.omendb.vectors.testing.hard.HardFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The leaf build beside two-pass Vamana on families of generated vectors that are hard to index,
/// with the same effort, in memory and through pages. Ends with status 1 if the leaf build is worse
/// anywhere.
public final class HardData {
  private static final String USAGE =
      """
      usage: HardData --families REGEX [--sizes 2000,20000] [--methods leaf,vamana]
               [--residencies all,groups,pages]
               [--lists 10,20,50,100] [--k 10] [--queries 200] [--seed 1]
               [--threads 2] [--degree 64] [--build-seed 42]
               [--markdown FILE]   writes the table of a decision record
               [--notes yes]       prints what builds say about themselves
             HardData --list yes   names the families
      """;

  private final HardTrial trial;
  private final HardReport report;

  private HardData(HardTrial trial, HardReport report) {
    this.trial = trial;
    this.report = report;
  }

  /// Builds, searches and compares.
  ///
  /// @param args see the usage message
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    try {
      if (args.length == 0) {
        throw new IllegalArgumentException("nothing to do: give --families");
      }
      if (!run(new Arguments(args, 0))) {
        System.exit(1);
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
  }

  private static boolean run(Arguments arguments) throws IOException {
    boolean listOnly = arguments.text("list").isPresent();
    boolean notes = arguments.text("notes").isPresent();
    List<HardFamily> families =
        HardFamilies.matching(Pattern.compile(arguments.text("families").orElse("")));
    List<Integer> sizes = arguments.list("sizes", "2000,20000", Integer::valueOf);
    HardTrial trial =
        new HardTrial(
            arguments.list("methods", "leaf,vamana", HardData::method),
            arguments.list("residencies", "all,groups,pages", Residency::ofLabel),
            arguments.list("lists", "10,20,50,100", Integer::valueOf),
            arguments.count("k", 10),
            arguments.count("queries", 200),
            arguments.count("seed", 1),
            BuildOptions.builder()
                .threads(arguments.count("threads", 2))
                .maxDegree(arguments.count("degree", 64))
                .tuning(t -> t.buildListSize(100).seed(arguments.count("build-seed", 42)))
                .build());
    Optional<Path> markdown = arguments.optionalPath("markdown");
    arguments.requireAllRead();
    if (listOnly) {
      families.forEach(System.out::println);
      return true;
    }
    HardData program = new HardData(trial, new HardReport(notes));
    for (int size : sizes) {
      for (HardFamily family : families) {
        program.tryFamily(family, size);
      }
    }
    if (markdown.isPresent()) {
      Files.writeString(markdown.get(), program.report.markdown());
    }
    return program.report.printVerdict();
  }

  private static BuildMethod method(String name) {
    return BuildMethod.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private void tryFamily(HardFamily family, int size) throws IOException {
    if (size < family.leastCount()) {
      return;
    }
    Path directory = Files.createTempDirectory("hard-data");
    try {
      Map<Residency, List<Comparison>> compared =
          trial.run(family, size, directory, outcome -> report.add(family, size, outcome));
      report.add(family, size, compared);
    } catch (IOException | RuntimeException e) {
      report.addFailure(family, size, e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
