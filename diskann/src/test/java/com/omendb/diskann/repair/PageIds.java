package com.omendb.diskann.repair;

import static org.junit.jupiter.api.Assertions.assertNull;

import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.vamana.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;

/// Which vectors are in a page.
final class PageIds {
  private PageIds() {}

  /// The ids in a page of a sound index.
  static BitSet of(Path index, int page) throws IOException {
    Manifest manifest = Manifest.read(index);
    IndexRemains remains = IndexRemains.find(index);
    PageShape shape =
        Objects.requireNonNull(ShapeFinder.find(remains, FactFinder.find(remains, null)));
    BitSet ids = new BitSet();
    try (PageBytes pages =
        new PageBytes(Fixtures.file(index, "base.pages"), IndexRepairTest.PAGE_BYTES)) {
      assertNull(pages.read(page));
      PageView view =
          new PageView(
              IndexRepairTest.PAGE_BYTES,
              manifest.elementType().vectorBytes(manifest.dimension()),
              (int) manifest.count(),
              new NeighbourCodec((int) manifest.count(), shape.baseBits()));
      view.moveTo(pages.page().address());
      for (int slot = 0; slot < view.recordCount(); slot++) {
        ids.set((int) view.vectorId(slot));
      }
    } catch (MalformedPageException e) {
      throw new AssertionError(e);
    }
    return ids;
  }
}
