package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.errors.CorruptFileException;
import com.omendb.pq.CodeKinds;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.VectorShape;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the indexes of one kind consist of, which depends on the codes that each of them keeps.
/// Immutable and thread-safe.
public final class KindParts {
  private final CodeKinds codeKinds;
  private final List<PartMaker> added;

  /// The parts of a kind of index.
  ///
  /// @param codeKinds the kinds of code that its indexes may keep
  /// @param added who makes the parts that it adds
  public KindParts(CodeKinds codeKinds, List<PartMaker> added) {
    this.codeKinds = codeKinds;
    this.added = List.copyOf(added);
  }

  /// The parts of an index with some codes, ascending.
  ///
  /// @param coarse over what its coarse graph goes
  public PartList of(List<CodeSpec> codes, CoarseGraph coarse) {
    return PartList.of(codes, coarse, added);
  }

  /// The parts of an index.
  ///
  /// @param path what to blame if it is wrong
  /// @throws CorruptFileException if the manifest does not say which codes it keeps
  public PartList ofManifest(Manifest manifest, Path path) throws CorruptFileException {
    return of(CodeNames.ofManifest(manifest, path, codeKinds), CoarseGraph.of(manifest.settings()));
  }

  /// The parts of an index that would be built: the codes asked for, or else the usual ones.
  ///
  /// @throws IllegalArgumentException if a code is unknown or does not suit the vectors
  public PartList toBuild(VectorShape vectors, BuildOptions options) {
    int dimension = vectors.dimension();
    CoarseGraph coarse = CoarseGraph.of(vectors, options);
    List<String> texts = options.tuning().codes();
    if (texts.isEmpty()) {
      return of(usual(dimension), coarse);
    }
    SortedSet<CodeSpec> codes = new TreeSet<>();
    for (String text : texts) {
      CodeSpec code = codeKinds.parse(text);
      if (!code.suits(dimension)) {
        throw new IllegalArgumentException(
            "the code is too large for the vectors: code=" + code + ", dimension=" + dimension);
      }
      codes.add(code);
    }
    return of(List.copyOf(codes), coarse);
  }

  /// The codes of an index that is built where nothing is asked for.
  public List<CodeSpec> usual(int dimension) {
    return codeKinds.first().usual(dimension);
  }

  /// The parts that names of files tell of.
  public PartList ofFiles(Collection<String> files) {
    return of(codesOfFiles(files), CoarseGraph.ofFiles(files));
  }

  /// The codes that names of files tell of, ascending.
  public List<CodeSpec> codesOfFiles(Iterable<String> files) {
    return List.copyOf(CodeNames.ofFiles(files, codeKinds));
  }
}
