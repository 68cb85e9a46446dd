package com.omendb.diskann.repair;

import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartInput;
import com.omendb.diskann.parts.PartOpening;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is whole of an index under repair, for the makers of the parts of the new one.
///
/// @param diagnosis of the index
/// @param keepsPages whether the new index has the same pages, and so the same nodes
record OldIndex(Diagnosis diagnosis, boolean keepsPages) implements PartInput.OldParts {
  /// Opens a part. Nodes are numbered in it as they were.
  @Override
  public <T> @Nullable T open(GraphPart<T> part, Arena arena) throws IOException {
    if (!diagnosis.isWhole(part)) {
      return null;
    }
    IndexRemains remains = diagnosis.remains();
    PageShape shape = diagnosis.survivors().shape();
    return part.open(
        new PartOpening(
            remains.files(),
            diagnosis.facts().manifest(remains.indexId(), shape.nodeCount(), new TreeMap<>()),
            shape.pageCount(),
            firstNodes(),
            arena));
  }

  @Override
  public @Nullable BitSet firstNodes() {
    return keepsPages ? diagnosis.survivors().firstNodes() : null;
  }

  @Override
  public int nodeCount() {
    return diagnosis.survivors().count();
  }
}
