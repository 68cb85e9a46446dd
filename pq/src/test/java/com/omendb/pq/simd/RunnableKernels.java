package com.omendb.pq.simd;

import java.util.ArrayList;
import java.util.List;

/// The kernels that this machine can run, whichever it prefers.
public final class RunnableKernels {
  private RunnableKernels() {}

  /// All kernels that sum codes.
  public static List<CodeKernels> codes() {
    List<CodeKernels> all = new ArrayList<>(List.of(new ScalarCodeKernels()));
    if (TableCodeKernels.supported()) {
      all.add(new TableCodeKernels());
    }
    if (VectorCodeKernels.supported()) {
      all.add(new VectorCodeKernels());
    }
    return all;
  }
}
