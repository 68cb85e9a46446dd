package com.omendb.tools.testing;

import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.BuildReport;
import com.omendb.store.IndexInfo;
import com.omendb.store.IndexKind;
import com.omendb.store.OpenOptions;
import com.omendb.store.VectorIds;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Properties;

/// A kind of index for tests that looks at vectors one by one, found like the real kinds.
///
/// So that recall has a curve, a search does not see every vector: the share that it sees grows
/// with searchListSize, from six in ten at 10 to all at about 500. Its "pages" are invented
/// figures.
public final class BruteForceKind implements IndexKind {
  /// Its name on the command line.
  public static final String NAME = "brute-force";

  /// The smallest budget that it opens with.
  public static final long SMALLEST_BUDGET_BYTES = 1_000_000;

  private static final String MANIFEST = "manifest.properties";
  private static final String VECTORS = "vectors.bin";

  /// Made by the service loader.
  public BruteForceKind() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognizes(Path directory) {
    return Files.exists(directory.resolve(MANIFEST));
  }

  @Override
  public BuildReport build(
      VectorSource vectors, VectorIds ids, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    write(vectors, directory, options, progress);
    return BuildReport.builder(directory, name(), vectors.count()).build();
  }

  private void write(VectorSource vectors, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    if (Files.exists(directory) && !options.overwrite()) {
      throw new FileAlreadyExistsException(directory.toString());
    }
    requireBudget(options.memoryBudgetBytes());
    Files.createDirectories(directory);
    progress.phase("copy vectors", vectors.count());
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(VECTORS),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long row = 0; row < vectors.count(); row++) {
        ByteBuffer bytes =
            vectors.segment().asSlice(vectors.offset(row), vectors.vectorBytes()).asByteBuffer();
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        progress.advance(1);
      }
    }
    Properties manifest = new Properties();
    manifest.setProperty("count", Long.toString(vectors.count()));
    manifest.setProperty("dimension", Integer.toString(vectors.dimension()));
    manifest.setProperty("elementType", vectors.elementType().label());
    manifest.setProperty("metric", options.metric().label());
    try (Writer writer = Files.newBufferedWriter(directory.resolve(MANIFEST))) {
      manifest.store(writer, null);
    }
  }

  @Override
  public AnnIndex open(Path directory, OpenOptions options) throws IOException {
    requireBudget(options.memoryBudgetBytes());
    Properties manifest = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve(MANIFEST))) {
      manifest.load(reader);
    }
    long bytes = Files.size(directory.resolve(VECTORS));
    IndexInfo info =
        IndexInfo.builder(
                directory,
                NAME,
                new VectorShape(
                    Long.parseLong(manifest.getProperty("count")),
                    Integer.parseInt(manifest.getProperty("dimension")),
                    ElementType.ofLabel(manifest.getProperty("elementType"))),
                Metric.ofLabel(manifest.getProperty("metric")))
            .files(1, bytes + Files.size(directory.resolve(MANIFEST)))
            .memory(options.memoryBudgetBytes(), Map.of("vectors", bytes))
            .settings(Map.of("look", "at everything"))
            .build();
    return new BruteForceIndex(info, directory.resolve(VECTORS));
  }

  private static void requireBudget(long bytes) {
    if (bytes < SMALLEST_BUDGET_BYTES) {
      throw new MemoryBudgetException("vectors", SMALLEST_BUDGET_BYTES, bytes);
    }
  }
}
