package com.omendb.diskann.checking;

import com.omendb.diskann.format.PageRules;
import com.omendb.diskann.parts.PageComparison;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks pages of the base layer that are in memory: each by itself, and against what other files
/// say of the same nodes. For one thread.
final class PagesCheck implements PageRules.Findings {
  private static final long VECTORS_OFFSET = FileHeader.MAX_PAGE_BYTES;
  private static final int VECTORS_BYTES = 1 << 20;
  private static final int MAX_BATCH = 1024;

  private final CheckedFile file;
  private final BaseShape shape;
  private final Others others;
  private final DamageLog log;
  private final PageRules rules;
  private final VectorRules vectorRules;
  private final MemorySegment lists;
  private final MemorySegment batchVectors;
  private final MemorySegment codeScratch;
  private final int maxBatch;
  private int page;
  private boolean pageIsSound;
  private long listBytes;
  private boolean takesCodes;
  private int batchFirstNode;
  private int batchCount;

  /// What pages are compared with, and where what they say is noted.
  ///
  /// @param comparisons with what other files say
  /// @param ids the ids seen so far
  /// @param pages the nodes of each page
  /// @param store the lists of each page; null if there is no room for them
  record Others(
      List<PageComparison> comparisons,
      VectorIds ids,
      PageTable pages,
      @Nullable ListStore store) {}

  /// @param scratch of [com.omendb.store.checking.CheckMemory#SCRATCH_BYTES]
  PagesCheck(
      CheckedFile file, BaseShape shape, Others others, MemorySegment scratch, DamageLog log) {
    this.file = file;
    this.shape = shape;
    this.others = others;
    this.log = log;
    this.rules =
        new PageRules(
            shape.pageBytes(),
            shape.vectorBytes(),
            shape.nodeCount(),
            shape.largestDegree(),
            shape.codec(),
            this);
    this.vectorRules = new VectorRules(shape);
    this.maxBatch = Math.min(MAX_BATCH, VECTORS_BYTES / shape.vectorBytes());
    this.lists = scratch.asSlice(0, VECTORS_OFFSET);
    this.batchVectors = scratch.asSlice(VECTORS_OFFSET, VECTORS_BYTES);
    this.codeScratch = scratch.asSlice(VECTORS_OFFSET + VECTORS_BYTES);
  }

  /// Checks a page.
  ///
  /// @param takeCodes whether the codes of its nodes are compared too, by [#finishCodes] at the
  ///   latest
  void check(int pageNumber, MemorySegment bytes, boolean takeCodes) {
    page = pageNumber;
    takesCodes = takeCodes;
    listBytes = 0;
    try {
      PageHeader.verify(bytes, file.scan().path(), pageNumber);
    } catch (CorruptFileException e) {
      log.add(new Damage(file.name(), Kind.PAGE, pageNumber, e.offset(), e.expected(), e.actual()));
      return;
    }
    pageIsSound = true;
    if (!rules.check(bytes.address()) || !pageIsSound) {
      return;
    }
    int firstNode = PageRules.firstNode(bytes.address());
    int end = firstNode + PageRules.recordCount(bytes.address());
    ListStore store = others.store();
    others.pages().set(page, firstNode, end, store == null ? 0 : store.add(lists, listBytes));
    for (PageComparison comparison : others.comparisons()) {
      comparison.nodes(page, firstNode, end);
    }
  }

  @Override
  public void record(
      int node, long vectorAddress, int offset, long vectorId, long listAddress, int bytes) {
    String wrong = vectorRules.wrong(vectorAddress);
    if (wrong != null) {
      broken(Kind.VECTOR, offset, vectorRules.expected(), wrong + ": node=" + node);
    }
    if (!others.ids().add(vectorId)) {
      broken(Kind.ID, offset, "an id of its own: node=" + node, "vectorId=" + vectorId);
    }
    MemorySegment.copy(NativeMemory.ALL, listAddress, lists, listBytes, bytes);
    listBytes += bytes;
    for (PageComparison comparison : others.comparisons()) {
      comparison.vector(node, vectorAddress);
    }
    if (takesCodes) {
      takeCodes(node, vectorAddress);
    }
  }

  @Override
  public void broken(PageRules.Rule rule, int offset, String expected, String found) {
    Kind kind =
        switch (rule) {
          case LAYOUT -> Kind.FORMAT;
          case EDGE -> Kind.EDGE;
        };
    broken(kind, offset, expected, found);
  }

  private void broken(Kind kind, int offset, String expected, String found) {
    pageIsSound = false;
    long at = (page + 1L) * shape.pageBytes() + offset;
    log.add(new Damage(file.name(), kind, page, at, expected, found));
  }

  private void takeCodes(int node, long vectorAddress) {
    if (batchCount == maxBatch || node != batchFirstNode + batchCount) {
      finishCodes();
    }
    if (batchCount == 0) {
      batchFirstNode = node;
    }
    int vectorBytes = shape.vectorBytes();
    MemorySegment.copy(
        NativeMemory.ALL,
        vectorAddress,
        batchVectors,
        (long) batchCount * vectorBytes,
        vectorBytes);
    batchCount++;
  }

  /// Compares the codes of the nodes that were taken and not compared yet.
  void finishCodes() {
    if (batchCount > 0) {
      VectorSource vectors =
          VectorSource.dense(batchVectors, batchCount, shape.dimension(), shape.elementType());
      for (PageComparison comparison : others.comparisons()) {
        comparison.sample(batchFirstNode, vectors, codeScratch);
      }
      batchCount = 0;
    }
  }
}
