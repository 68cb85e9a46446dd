package com.omendb.diskann.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.diskann.pages.NeighbourCodec;
import com.omendb.diskann.pages.PageView;
import com.omendb.diskann.pages.PageView.MalformedPageException;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Damages pages of an index, knowing what is in them.
final class LostPages {
  private static final int PAGE_BYTES = 4096;

  private LostPages() {}

  /// Pages of the index.
  static int pageCount(Path damaged) throws IOException {
    return (int) (Files.size(TestFiles.file(damaged, "base.pages")) / PAGE_BYTES) - 1;
  }

  /// Damages random pages and returns the ids that were in them.
  static BitSet lose(Path damaged, SplittableRandom random, int count) throws IOException {
    Path pages = TestFiles.file(damaged, "base.pages");
    int[] numbers = IntStream.range(0, pageCount(damaged)).toArray();
    BitSet lost = new BitSet();
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(i, numbers.length);
      int page = numbers[at];
      numbers[at] = numbers[i];
      lost.or(ids(damaged, page));
      TestFiles.flip(pages, (page + 1L) * PAGE_BYTES + random.nextInt(PAGE_BYTES), 1);
    }
    return lost;
  }

  /// The ids in a page that is whole, of an index whose manifest is.
  static BitSet ids(Path damaged, int page) throws IOException {
    Manifest manifest = Manifest.read(damaged);
    IndexRemains remains = IndexRemains.find(damaged);
    PageShape shape =
        Objects.requireNonNull(ShapeFinder.find(remains, FactFinder.find(remains, null)));
    BitSet ids = new BitSet();
    try (PageBytes pages = new PageBytes(TestFiles.file(damaged, "base.pages"), PAGE_BYTES)) {
      assertEquals(null, pages.read(page));
      PageView view =
          new PageView(
              PAGE_BYTES,
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
