package com.omendb.pq;

import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What tells one code from another: its kind and its size. As text `kind:bytes`, such as `pq:48`,
/// which [CodeKinds#parse] reads.
///
/// @param kind how vectors are encoded
/// @param bytes of the code of one vector
public record CodeSpec(CodeKind kind, int bytes) implements Comparable<CodeSpec> {
  private static final Comparator<CodeSpec> BY_SIZE =
      Comparator.comparingInt(CodeSpec::bytes).thenComparing(code -> code.kind().name());

  /// Checks the size, as far as it does not depend on the vectors.
  ///
  /// @throws IllegalArgumentException if it is not positive
  public CodeSpec {
    if (bytes < 1) {
      throw new IllegalArgumentException("a code has at least one byte: code=" + text(kind, bytes));
    }
  }

  /// Name of the kind and size, such as `pq:48`.
  public String text() {
    return text(kind, bytes);
  }

  private static String text(CodeKind kind, int bytes) {
    return String.format(Locale.ROOT, "%s:%d", kind.name(), bytes);
  }

  /// Texts of codes, separated by commas.
  public static String text(List<CodeSpec> codes) {
    return codes.stream().map(CodeSpec::text).collect(Collectors.joining(","));
  }

  /// Whether vectors of a dimension can have this code.
  public boolean suits(int dimension) {
    return kind.suits(bytes, dimension);
  }

  /// Bytes of the codebook.
  public long codebookBytes(int dimension) {
    return kind.codebookBytes(bytes, dimension);
  }

  /// Native bytes that the [CodeDistances] of one searcher take.
  public long distancesBytes(int dimension) {
    return kind.distancesBytes(bytes, dimension);
  }

  /// Native bytes that training takes at its peak, the codebook included.
  public long trainingBytes(VectorShape vectors, CodeTraining training) {
    return kind.trainingBytes(vectors, bytes, training);
  }

  /// Trains this code for vectors.
  ///
  /// @throws IllegalArgumentException if there are no vectors, they are not finite, or the code
  ///   does not suit them
  public VectorCode train(VectorSource vectors, CodeTraining training, Progress progress) {
    return kind.train(vectors, bytes, training, progress);
  }

  /// The trained code with a codebook, which is not copied.
  ///
  /// @param codebook native memory of [#codebookBytes], of unknown content
  /// @throws IllegalArgumentException if its size or content is wrong
  public VectorCode read(int dimension, boolean normalize, MemorySegment codebook) {
    return kind.read(bytes, dimension, normalize, codebook);
  }

  /// By size, the smallest first, then by kind.
  @Override
  public int compareTo(CodeSpec other) {
    return BY_SIZE.compare(this, other);
  }

  /// The same as [#text].
  @Override
  public String toString() {
    return text();
  }
}
