package com.omendb.diskann.repair;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.directory.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds out how the pages of a damaged base layer are laid out: from the header if it is whole,
/// else from the pages themselves.
///
/// Without a header, the page size is the one under which pages have the right checksums, and
/// baseBits the ones under which lists end where the next records begin.
final class ShapeFinder {
  private static final int SAMPLE_PAGES = 64;
  private static final int LARGEST_BASE_BITS = 16;

  private final IndexRemains remains;
  private final IndexFacts facts;
  private final Path path;

  private ShapeFinder(IndexRemains remains, IndexFacts facts) {
    this.remains = remains;
    this.facts = facts;
    this.path = remains.files().resolve(BasePageFormat.FILE);
  }

  /// The shape of the pages, or null if none of them can be read.
  static @Nullable PageShape find(IndexRemains remains, IndexFacts facts) throws IOException {
    return new ShapeFinder(remains, facts).find();
  }

  private @Nullable PageShape find() throws IOException {
    if (!Files.isRegularFile(path)) {
      return null;
    }
    FileHeader file = remains.headers().get(BasePageFormat.FILE);
    BasePageFormat.Header header = remains.baseFields();
    if (file == null || header == null) {
      return guess("header is damaged");
    }
    boolean usable =
        (facts.count() == 0 || header.nodeCount() == facts.count())
            && header.nodeCount() >= 1
            && header.nodeCount() <= Integer.MAX_VALUE - 8
            && file.pageCount() >= 1
            && file.pageCount() <= header.nodeCount()
            && header.dimension() == facts.dimension()
            && header.elementTypeCode() == facts.elementType().code()
            && header.metricCode() == facts.metric().code()
            && header.baseBits() >= 0
            && header.baseBits() <= LARGEST_BASE_BITS
            && header.medoid() >= 0
            && header.medoid() < header.nodeCount()
            && header.largestDegree() >= 1
            && header.largestDegree() <= NeighbourCodec.MAX_DEGREE;
    if (!usable) {
      return guess("header does not match the index: " + header);
    }
    return new PageShape(
        file.pageBytes(),
        (int) file.pageCount(),
        (int) header.nodeCount(),
        (int) header.baseBits(),
        (int) header.medoid(),
        (int) header.largestDegree(),
        "");
  }

  private @Nullable PageShape guess(String damage) throws IOException {
    int pageBytes = guessPageBytes();
    if (pageBytes == 0) {
      return null;
    }
    int pageCount = guessPageCount(pageBytes);
    int nodeCount = facts.count() > 0 ? facts.count() : lastNode(pageBytes, pageCount) + 1;
    int baseBits = guessBaseBits(pageBytes, pageCount, nodeCount);
    if (baseBits < 0) {
      return null;
    }
    int maxDegree = facts.setting(Settings.MAX_DEGREE, Integer::valueOf, 0);
    return new PageShape(pageBytes, pageCount, nodeCount, baseBits, -1, maxDegree, damage);
  }

  private int guessPageBytes() throws IOException {
    int best = 0;
    int bestValid = 0;
    for (int size = FileHeader.BYTES; size <= FileHeader.MAX_PAGE_BYTES; size += FileHeader.BYTES) {
      int valid = sample(size, (int) Math.min(Integer.MAX_VALUE, Files.size(path) / size)).size();
      if (valid > bestValid) {
        best = size;
        bestValid = valid;
      }
    }
    return best;
  }

  // Numbers of pages that are whole, of some that are spread over the file.
  private List<Long> sample(int pageBytes, int pageCount) throws IOException {
    List<Long> valid = new ArrayList<>();
    try (PageBytes pages = new PageBytes(path, pageBytes)) {
      long step = Math.max(1, pageCount / SAMPLE_PAGES);
      for (long page = 0; page < pageCount; page += step) {
        if (pages.read(page) == null) {
          valid.add(page);
        }
      }
    }
    return valid;
  }

  private int guessPageCount(int pageBytes) throws IOException {
    FileHeader directory = remains.headers().get(PageDirectory.FILE);
    long byLength = Math.ceilDiv(Files.size(path), pageBytes) - 1;
    long count =
        directory != null && directory.fields().length > 1 && directory.field(1) >= byLength
            ? directory.field(1)
            : byLength;
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  private int lastNode(int pageBytes, int pageCount) throws IOException {
    int last = 0;
    try (PageBytes pages = new PageBytes(path, pageBytes)) {
      PageView view =
          new PageView(pageBytes, facts.vectorBytes(), Integer.MAX_VALUE, new NeighbourCodec(1, 0));
      for (long page = 0; page < pageCount; page++) {
        if (pages.read(page) == null) {
          view.moveTo(pages.page().address());
          last = Math.max(last, view.firstNode() + view.recordCount() - 1);
        }
      }
    } catch (MalformedPageException e) {
      throw new UnrepairableException("pages are of no base layer: " + e.getMessage(), path);
    }
    return last;
  }

  // The baseBits by which most records are read exactly to their end; -1 if there are none.
  private int guessBaseBits(int pageBytes, int pageCount, int nodeCount) throws IOException {
    List<Long> sample = sample(pageBytes, pageCount);
    int best = -1;
    int bestExact = 0;
    for (int baseBits = 0; baseBits <= LARGEST_BASE_BITS; baseBits++) {
      int exact = exactRecords(sample, pageBytes, nodeCount, baseBits);
      if (exact > bestExact) {
        best = baseBits;
        bestExact = exact;
      }
    }
    return best;
  }

  private int exactRecords(List<Long> sample, int pageBytes, int nodeCount, int baseBits)
      throws IOException {
    int exact = 0;
    int[] scratch = new int[NeighbourCodec.MAX_DEGREE];
    NeighbourCodec codec = new NeighbourCodec(nodeCount, baseBits);
    PageView view = new PageView(pageBytes, facts.vectorBytes(), nodeCount, codec);
    try (PageBytes pages = new PageBytes(path, pageBytes)) {
      for (long page : sample) {
        if (pages.read(page) != null) {
          continue;
        }
        try {
          view.moveTo(pages.page().address());
          for (int slot = 0; slot < view.recordCount(); slot++) {
            exact += view.isExact(slot, scratch) ? 1 : 0;
          }
        } catch (MalformedPageException _) {
          // Not by these baseBits.
        }
      }
    }
    return exact;
  }
}
