package com.omendb.tools.bench;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.RecallScorer;
import com.omendb.store.OpenOptions;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// OmenDB and JVector over the same vectors and queries in one process, measured in turns: every
/// repetition goes through all efforts and, at each, from engine to engine, so that whatever else
/// the machine does falls on all of them alike. Leave an engine out to see the memory of the other.
public final class SideBySide {
  private static final String USAGE =
      """
      usage: SideBySide build --base FILE --jvector DIR [--subspaces 32] [--threads 1]
             SideBySide run --queries FILE --truth FILE [--omen DIR] [--jvector DIR]
               [--memory 1GB]            budget of OmenDB, larger than its index to hold all of it
               [--codes fused]           JVector's codes: fused, plain or fused,plain
               [--omen-lists 10,12,...]  OmenDB's searchListSize, or L/W with a beam width
               [--jvector-lists 10,...]  JVector's rerankK
               [--k 10] [--targets 0.93,0.97] [--threads 1,2] [--seconds 2] [--repetitions 5]
               [--quiet 0.1]             cores that other processes may keep busy; what was taken
               [--patience 600]          beside more is taken again, for so many seconds in all
      """;

  private final QuietMeasurer measurer;
  private final List<Contender> contenders;
  private final List<Integer> threadCounts;
  private final int repetitions;

  private SideBySide(
      QuietMeasurer measurer,
      List<Contender> contenders,
      List<Integer> threadCounts,
      int repetitions) {
    this.measurer = measurer;
    this.contenders = contenders;
    this.threadCounts = threadCounts;
    this.repetitions = repetitions;
  }

  /// Builds JVector's index, or measures.
  ///
  /// @param args see the usage message
  public static void main(String[] args) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    try {
      switch (args.length == 0 ? "" : args[0]) {
        case "build" -> build(new Arguments(args, 1));
        case "run" -> run(new Arguments(args, 1));
        default -> throw new IllegalArgumentException("the first argument is build or run");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
  }

  private static void build(Arguments arguments) throws IOException {
    Path base = arguments.path("base");
    JVectorFiles files = new JVectorFiles(arguments.path("jvector"));
    int subspaces = arguments.count("subspaces", 32);
    int threads = arguments.count("threads", 1);
    arguments.requireAllRead();
    if (files.exist()) {
      throw new IllegalArgumentException("exists: --jvector " + files.directory());
    }
    files.build(base, subspaces, threads);
  }

  private static void run(Arguments arguments) throws IOException, InterruptedException {
    int k = arguments.count("k", 10);
    List<Integer> threadCounts = arguments.list("threads", "1,2", Integer::valueOf);
    double seconds = arguments.number("seconds", 2);
    int repetitions = arguments.count("repetitions", 5);
    double quiet = arguments.number("quiet", 0.1);
    double patience = arguments.number("patience", 600);
    List<Double> targets = arguments.list("targets", "0.93,0.97", Double::valueOf);
    GroundTruth truth = GroundTruth.read(arguments.path("truth"));
    try (VectorFile file = VectorFile.open(arguments.path("queries"))) {
      VectorSource queries = file.vectors();
      if (queries.count() != truth.queryCount()) {
        throw new IllegalArgumentException(
            "queries=" + queries.count() + ", queries of the truth=" + truth.queryCount());
      }
      List<Contender> contenders = new ArrayList<>();
      try {
        int most = threadCounts.stream().mapToInt(Integer::intValue).max().orElse(1);
        openOmen(arguments, queries, k, most, contenders);
        openJVector(arguments, queries, k, contenders);
        arguments.requireAllRead();
        if (contenders.isEmpty()) {
          throw new IllegalArgumentException("nothing to measure: give --omen, --jvector or both");
        }
        QueryLoop loop =
            new QueryLoop(Math.toIntExact(queries.count()), k, new RecallScorer(truth, k));
        new SideBySide(
                new QuietMeasurer(loop, seconds, quiet, patience),
                contenders,
                threadCounts,
                repetitions)
            .measure(most);
        SideBySideReport report = new SideBySideReport(contenders, threadCounts);
        report.printTable();
        report.printTargets(targets);
        System.out.println(ProcessMemory.now());
      } finally {
        for (Contender contender : contenders) {
          contender.engine().close();
        }
      }
    }
  }

  private static void openOmen(
      Arguments arguments, VectorSource queries, int k, int threads, List<Contender> contenders)
      throws IOException {
    List<Effort> efforts =
        arguments.list("omen-lists", "10,12,14,16,18,20,25,30,40", Effort::parse);
    OpenOptions options =
        OpenOptions.builder()
            .memoryBudgetBytes(arguments.bytes("memory", "1GB"))
            .maxSearchers(threads)
            .build();
    Optional<Path> directory = arguments.optionalPath("omen");
    if (directory.isPresent()) {
      contenders.add(new Contender(new OmenEngine(directory.get(), options, queries, k), efforts));
    }
  }

  private static void openJVector(
      Arguments arguments, VectorSource queries, int k, List<Contender> contenders)
      throws IOException {
    List<Effort> efforts =
        arguments.list("jvector-lists", "20,25,30,35,40,50,60,80,100", Effort::parse);
    List<JVectorEngine.Codes> codes =
        arguments.list(
            "codes", "fused", text -> JVectorEngine.Codes.valueOf(text.toUpperCase(Locale.ROOT)));
    Optional<Path> directory = arguments.optionalPath("jvector");
    if (directory.isPresent()) {
      JVectorFiles files = new JVectorFiles(directory.get());
      System.out.println("jvector: " + JVectorEngine.provider());
      for (JVectorEngine.Codes each : codes) {
        contenders.add(new Contender(new JVectorEngine(files, each, queries, k), efforts));
      }
    }
  }

  private void measure(int mostThreads) throws IOException, InterruptedException {
    System.out.println("opened: " + ProcessMemory.now());
    for (Contender contender : contenders) {
      for (Effort effort : contender.efforts()) {
        measurer.warmUp(contender.engine(), effort, mostThreads);
      }
      System.out.println("warm, " + contender.engine().name() + ": " + ProcessMemory.now());
    }
    int mostEfforts =
        contenders.stream().mapToInt(contender -> contender.efforts().size()).max().orElse(0);
    for (int repetition = 0; repetition < repetitions; repetition++) {
      for (int threads : threadCounts) {
        for (int effort = 0; effort < mostEfforts; effort++) {
          List<Contender> order =
              (repetition + effort) % 2 == 0 ? contenders : contenders.reversed();
          for (Contender contender : order) {
            contender.measure(measurer, effort, threads);
          }
        }
      }
      System.err.println("repetition " + (repetition + 1) + " of " + repetitions);
    }
    System.out.println(
        "kept although other processes were busy: " + measurer.disturbed() + " measurements");
  }
}
