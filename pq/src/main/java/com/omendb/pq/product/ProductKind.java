package com.omendb.pq.product;

import com.omendb.pq.CodeKind;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.CodeTraining;
import com.omendb.pq.VectorCode;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/// The kind `pq`: product quantization, [ProductQuantizer], with a byte a subspace.
public final class ProductKind implements CodeKind {
  /// The one object of this kind.
  public static final ProductKind PQ = new ProductKind();

  private static final int MAX_BYTES = 512;

  // Codes beyond this gain little over reading more pages, however long the vectors.
  private static final int MAX_SMALLEST = 64;

  private ProductKind() {}

  @Override
  public String name() {
    return "pq";
  }

  @Override
  public boolean suits(int bytes, int dimension) {
    return bytes >= 1 && bytes <= Math.min(MAX_BYTES, dimension);
  }

  /// A quarter, three eighths and a half of the dimension, within reason.
  @Override
  public List<CodeSpec> usual(int dimension) {
    int smallest = Math.clamp((dimension + 3) / 4, 1, MAX_SMALLEST);
    return IntStream.of(smallest, smallest * 3 / 2, smallest * 2)
        .map(bytes -> Math.min(bytes, dimension))
        .distinct()
        .mapToObj(bytes -> new CodeSpec(this, bytes))
        .toList();
  }

  @Override
  public long codebookBytes(int bytes, int dimension) {
    return ProductQuantizer.codebookBytes(dimension);
  }

  @Override
  public long distancesBytes(int bytes, int dimension) {
    return DistanceTable.bytes(bytes, dimension);
  }

  @Override
  public long trainingBytes(VectorShape vectors, int bytes, CodeTraining training) {
    return ProductQuantizer.trainingBytes(vectors, options(bytes, training));
  }

  @Override
  public VectorCode train(
      VectorSource vectors, int bytes, CodeTraining training, Progress progress) {
    return ProductQuantizer.train(vectors, options(bytes, training), progress);
  }

  @Override
  public VectorCode read(int bytes, int dimension, boolean normalize, MemorySegment codebook) {
    return ProductQuantizer.of(dimension, bytes, normalize, codebook);
  }

  private static PqOptions options(int bytes, CodeTraining training) {
    return PqOptions.of(bytes)
        .withSeed(training.seed())
        .withThreads(training.threads())
        .withNormalize(training.normalize());
  }
}
