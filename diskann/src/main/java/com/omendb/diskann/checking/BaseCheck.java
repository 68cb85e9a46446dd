package com.omendb.diskann.checking;

import com.omendb.diskann.parts.PageComparison;
import com.omendb.diskann.vamana.NodeBits;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.checking.CheckMemory;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.ChunkSums;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.Megabytes;
import com.omendb.store.checking.Tasks;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the pages of the base layer and the codes of its vectors, chunk by chunk, then walks the
/// graph.
final class BaseCheck {
  /// Vectors of a sample whose codes are compared.
  private static final int SAMPLE = 1 << 12;

  /// Of each chunk at least so many, however many chunks there are.
  private static final int CHUNK_SAMPLE = 64;

  private static final int MIX = 0x9E3779B1;

  private final CheckedFile file;
  private final BaseShape shape;
  private final Beside beside;
  private final CheckMemory memory;
  private final DamageLog log;
  private final Megabytes megabytes;
  private final ChunkSums pageSums;
  private final List<ChunkSums> codeSums = new ArrayList<>();
  private final int sampledPages;

  /// What pages are compared with.
  ///
  /// @param comparisons with what other files say
  /// @param files that are read beside the pages
  record Beside(List<PageComparison> comparisons, List<CheckedFile> files) {}

  BaseCheck(
      CheckedFile file,
      BaseShape shape,
      Beside beside,
      boolean allCodes,
      CheckMemory memory,
      DamageLog log,
      Megabytes megabytes) {
    this.file = file;
    this.shape = shape;
    this.beside = beside;
    this.memory = memory;
    this.log = log;
    this.megabytes = megabytes;
    this.pageSums = new ChunkSums(file, memory.chunkBytes());
    for (CheckedFile codes : beside.files()) {
      codeSums.add(new ChunkSums(codes, memory.chunkBytes()));
    }
    int perChunk = Math.max(CHUNK_SAMPLE, SAMPLE / pageSums.chunkCount());
    double nodesOfPage = (double) shape.nodeCount() / shape.pageCount();
    this.sampledPages = allCodes ? Integer.MAX_VALUE : (int) Math.ceil(perChunk / nodesOfPage);
  }

  /// Memory for tables that the check of a base layer cannot do without.
  static long tableBytes(BaseShape shape) {
    return PageTable.bytes(shape.pageCount())
        + Reachability.bytes(shape.nodeCount())
        + NodeBits.bytes(shape.nodeCount());
  }

  void run(Progress progress, Arena arena) throws IOException {
    long storeBytes = ListStore.bytes(shape.maxListBytes());
    ListStore store = memory.take(storeBytes) ? new ListStore(shape.maxListBytes(), arena) : null;
    PageTable pages = new PageTable(shape.pageCount(), arena);
    VectorIds ids = new VectorIds(shape.nodeCount(), memory.freeBytes(), arena);
    PagesCheck.Others others = new PagesCheck.Others(beside.comparisons(), ids, pages, store);
    PagesCheck[] checks = new PagesCheck[memory.threads()];
    for (int i = 0; i < checks.length; i++) {
      checks[i] = new PagesCheck(file, shape, others, memory.scratch(i), log);
    }
    long tasks = pageSums.chunkCount();
    for (ChunkSums sums : codeSums) {
      tasks += sums.chunkCount();
    }
    Tasks.run(memory.threads(), tasks, (worker, task) -> read((int) task, worker, checks[worker]));
    compareNeighbouringPages(pages);
    pageSums.finish(log);
    codeSums.forEach(sums -> sums.finish(log));
    if (ids.unknownCount() > 0) {
      log.note(
          "ids were not compared with the others, because the memory is too small: ids="
              + ids.unknownCount());
    }
    if (log.damagedPageCount() > 0) {
      log.note(
          "whether all nodes can be reached was not checked, because pages are damaged: pages="
              + log.damagedPageCount());
    } else {
      walk(new Reachability(shape, pages, memory, arena), store, progress);
    }
  }

  private void walk(Reachability graph, @Nullable ListStore store, Progress progress)
      throws InterruptedIOException {
    try {
      graph.run(store, file.scan(), progress, log);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      // Without a store pages are read again here.
      log.add(file.name(), Kind.UNREADABLE, 0, "readable bytes", e.toString());
    }
  }

  // Pages first, then one file of codes after another.
  private void read(int task, int worker, PagesCheck check) {
    if (task < pageSums.chunkCount()) {
      readPages(task, memory.chunk(worker), check);
      return;
    }
    int chunk = task - pageSums.chunkCount();
    for (ChunkSums sums : codeSums) {
      if (chunk < sums.chunkCount()) {
        readCodes(sums, chunk, memory.chunk(worker));
        return;
      }
      chunk -= sums.chunkCount();
    }
  }

  private void readCodes(ChunkSums sums, int chunk, MemorySegment buffer) {
    MemorySegment target = buffer.asSlice(0, sums.bytes(chunk));
    try {
      sums.read(chunk, target);
      megabytes.add(target.byteSize());
    } catch (IOException e) {
      log.add(sums.fileName(), Kind.UNREADABLE, sums.offset(chunk), "readable bytes", e.toString());
    }
  }

  private void readPages(int chunk, MemorySegment buffer, PagesCheck check) {
    int pageBytes = shape.pageBytes();
    MemorySegment target = buffer.asSlice(0, pageSums.bytes(chunk));
    int pagesHere = (int) (target.byteSize() / pageBytes);
    int firstPage = (int) (pageSums.offset(chunk) / pageBytes) - 1;
    boolean readable = true;
    try {
      pageSums.read(chunk, target);
    } catch (IOException _) {
      readable = false;
    }
    int sampleFrom =
        sampledPages >= pagesHere ? 0 : Math.floorMod(chunk * MIX, pagesHere - sampledPages + 1);
    for (int i = 0; i < pagesHere; i++) {
      MemorySegment page = target.asSlice((long) i * pageBytes, pageBytes);
      if (!readable && !readPage(firstPage + i, page)) {
        continue;
      }
      if (firstPage + i < 0) {
        checkHeaderPage(page);
      } else {
        boolean takeCodes = i >= sampleFrom && i - sampleFrom < sampledPages;
        check.check(firstPage + i, page, takeCodes);
      }
    }
    check.finishCodes();
    megabytes.add(target.byteSize());
  }

  // Where a chunk cannot be read, most of its pages can.
  private boolean readPage(int pageNumber, MemorySegment page) {
    long offset = (pageNumber + 1L) * shape.pageBytes();
    try {
      file.scan().read(page, offset);
      return true;
    } catch (IOException e) {
      log.add(
          new Damage(
              file.name(), Kind.UNREADABLE, pageNumber, offset, "readable bytes", e.toString()));
      return false;
    }
  }

  // The header itself was checked before; the rest of its page is zero.
  private void checkHeaderPage(MemorySegment page) {
    for (long at = FileHeader.BYTES; at < page.byteSize(); at++) {
      byte value = page.get(NativeMemory.BYTE, at);
      if (value != 0) {
        log.add(file.name(), Kind.FORMAT, at, "zero", String.valueOf(value));
        return;
      }
    }
  }

  // Of pages that are sound by themselves, each begins with the node after the one before.
  private void compareNeighbouringPages(PageTable pages) {
    int before = 0;
    for (int page = 0; page < pages.pageCount(); page++) {
      int end = pages.end(page);
      if (end > 0 && before >= 0 && pages.firstNode(page) != before) {
        addPage(page, "firstNode=" + before, "firstNode=" + pages.firstNode(page));
      }
      before = end > 0 ? end : -1;
    }
    if (before >= 0 && before != shape.nodeCount()) {
      addPage(pages.pageCount() - 1, "nodes to " + shape.nodeCount(), "nodes to " + before);
    }
  }

  private void addPage(int page, String expected, String found) {
    long offset = (page + 1L) * shape.pageBytes();
    log.add(new Damage(file.name(), Kind.FORMAT, page, offset, expected, found));
  }
}
