package com.omendb.pq.kinds;

import com.omendb.pq.CodeKinds;
import com.omendb.pq.product.ProductKind;

/// The kinds of code that there are: a further one is added here.
public final class InstalledCodes {
  /// All of them; product quantization is used where no other is asked for.
  public static final CodeKinds KINDS = CodeKinds.of(ProductKind.PQ);

  private InstalledCodes() {}
}
