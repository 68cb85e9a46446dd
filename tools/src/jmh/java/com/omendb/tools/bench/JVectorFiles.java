package com.omendb.tools.bench;

import com.omendb.datasets.files.VectorFile;
import com.omendb.vectors.VectorSource;
import io.github.jbellis.jvector.disk.BufferedRandomAccessWriter;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.quantization.KMeansPlusPlusClusterer;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;

/// A JVector index in a directory: its graph with float32 vectors and fused codes inline, and the
/// same codes once more in a file of their own for searches with codes in memory. Immutable.
///
/// @param directory where the files lie
record JVectorFiles(Path directory) {
  /// JVector's own tutorials and benchmarks build with these: degree, beam, overflow, alpha, with
  /// the hierarchy, the final graph refined, centred codebooks for Euclidean distances.
  private static final int MAX_DEGREE = 32;

  private static final int BEAM_WIDTH = 100;
  private static final float NEIGHBOR_OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final int CLUSTERS = 256;

  private static final VectorTypeSupport VECTORS =
      VectorizationProvider.getInstance().getVectorTypeSupport();

  /// The graph with its inline features.
  Path graph() {
    return directory.resolve("graph.jvector");
  }

  /// The codes of all vectors with their codebooks.
  Path codes() {
    return directory.resolve("codes.jvector");
  }

  /// Whether [#build] has finished here.
  boolean exist() {
    return Files.exists(graph()) && Files.exists(codes());
  }

  /// Builds both files from a file of vectors. The graph is built with exact distances of the full
  /// vectors.
  ///
  /// @param subspaces bytes of a code
  /// @param threads threads of both of JVector's pools
  /// @throws IOException if a file cannot be read or written; the names above then do not appear
  void build(Path base, int subspaces, int threads) throws IOException {
    Files.createDirectories(directory);
    Stopwatch watch = new Stopwatch();
    try (ForkJoinPool pool = new ForkJoinPool(threads)) {
      RandomAccessVectorValues vectors;
      try (VectorFile file = VectorFile.open(base)) {
        vectors =
            new ListRandomAccessVectorValues(floats(file.vectors()), file.vectors().dimension());
      }
      watch.lap("read");
      ProductQuantization quantizer =
          ProductQuantization.compute(
              vectors, subspaces, CLUSTERS, true, KMeansPlusPlusClusterer.UNWEIGHTED, pool, pool);
      PQVectors codes = quantizer.encodeAll(vectors, pool);
      watch.lap("quantize");
      try (GraphIndexBuilder builder =
          new GraphIndexBuilder(
              BuildScoreProvider.randomAccessScoreProvider(
                  vectors, VectorSimilarityFunction.EUCLIDEAN),
              vectors.dimension(),
              MAX_DEGREE,
              BEAM_WIDTH,
              NEIGHBOR_OVERFLOW,
              ALPHA,
              true,
              true,
              pool,
              pool)) {
        ImmutableGraphIndex built = builder.build(vectors);
        watch.lap("graph");
        write(built, vectors, quantizer, codes);
      }
      watch.lap("write");
    }
    watch.end();
  }

  private void write(
      ImmutableGraphIndex built,
      RandomAccessVectorValues vectors,
      ProductQuantization quantizer,
      PQVectors codes)
      throws IOException {
    Path graphTemporary = directory.resolve("graph.jvector.part");
    Path codesTemporary = directory.resolve("codes.jvector.part");
    try (ImmutableGraphIndex.View view = built.getView();
        OnDiskGraphIndexWriter writer =
            (OnDiskGraphIndexWriter)
                new OnDiskGraphIndexWriter.Builder(built, graphTemporary)
                    .with(new InlineVectors(vectors.dimension()))
                    .with(new FusedPQ(built.maxDegree(), quantizer))
                    .build()) {
      Map<FeatureId, IntFunction<Feature.State>> states = new EnumMap<>(FeatureId.class);
      states.put(
          FeatureId.INLINE_VECTORS, node -> new InlineVectors.State(vectors.getVector(node)));
      states.put(FeatureId.FUSED_PQ, node -> new FusedPQ.State(view, codes, node));
      writer.write(states);
    }
    try (BufferedRandomAccessWriter writer = new BufferedRandomAccessWriter(codesTemporary)) {
      codes.write(writer);
    }
    Files.move(codesTemporary, codes());
    Files.move(graphTemporary, graph());
  }

  /// Every row as one of JVector's float vectors.
  static List<VectorFloat<?>> floats(VectorSource source) {
    int count = Math.toIntExact(source.count());
    List<VectorFloat<?>> rows = new ArrayList<>(count);
    for (int row = 0; row < count; row++) {
      float[] elements = new float[source.dimension()];
      source.copyRow(row, elements);
      rows.add(VECTORS.createFloatVector(elements));
    }
    return rows;
  }
}
