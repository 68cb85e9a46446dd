package com.omendb.pq;

import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A kind of code: a way to make vectors so small that they stay in memory, such that distances to
/// them can be estimated. Its codes differ in their size; what is learned from the vectors, and is
/// the same for all of them, is the codebook.
///
/// Callers hold a [CodeSpec], which stands for a kind and a size. A kind is one object. Immutable
/// and thread-safe.
public interface CodeKind {
  /// Its name in texts and in names of files: one to eight lower case letters and digits.
  String name();

  /// Whether there are codes of this size for vectors of a dimension.
  boolean suits(int bytes, int dimension);

  /// The codes that an index keeps where nothing else is asked, ascending.
  List<CodeSpec> usual(int dimension);

  /// See [CodeSpec#codebookBytes].
  long codebookBytes(int bytes, int dimension);

  /// See [CodeSpec#distancesBytes].
  long distancesBytes(int bytes, int dimension);

  /// See [CodeSpec#trainingBytes].
  long trainingBytes(VectorShape vectors, int bytes, CodeTraining training);

  /// See [CodeSpec#train].
  VectorCode train(VectorSource vectors, int bytes, CodeTraining training, Progress progress);

  /// See [CodeSpec#read].
  VectorCode read(int bytes, int dimension, boolean normalize, MemorySegment codebook);
}
