package com.omendb.diskann.checking;

import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.pagecache.FileHeader;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.checking.CheckMemory;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.ChunkSums;
import com.omendb.store.checking.Content;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.Megabytes;
import com.omendb.store.checking.Tasks;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Reads every byte of an index once, in large pieces on several threads, and checks
///
/// - the checksums of pages, payloads and whole files
/// - the format of pages, lists and directory, padding included
/// - that no edge leads from a node to itself or to none, and that there are not too many
/// - that vectors have distances, and no two nodes the same id
/// - that the directory of pages and what the kind adds agree with the pages
/// - that codes are those of the vectors, of a sample or all
/// - that every node can be reached from the medoid
///
/// First the files beside the pages, one by one, of which those are kept that pages are compared
/// with; then pages and codes; then the graph. What is found damaged is not looked into further.
final class FullCheck {
  private final Manifest manifest;
  private final SortedMap<String, CheckedFile> files;
  private final EntryCheck entryCheck;
  private final VerifyOptions options;
  private final DamageLog log;
  private final Progress progress;
  private final Megabytes megabytes;
  private final Map<String, ProductQuantizer> quantizers = new HashMap<>();
  private final List<EntryCheck.VectorCopies> copies = new ArrayList<>();
  private @Nullable PageDirectory directory;

  FullCheck(
      Manifest manifest,
      SortedMap<String, CheckedFile> files,
      EntryCheck entryCheck,
      VerifyOptions options,
      DamageLog log,
      Progress progress) {
    this.manifest = manifest;
    this.files = files;
    this.entryCheck = entryCheck;
    this.options = options;
    this.log = log;
    this.progress = progress;
    long bytes = files.values().stream().mapToLong(file -> file.scan().size()).sum();
    this.megabytes = new Megabytes(progress, bytes);
  }

  /// Checks all and returns how many bytes were read.
  long run() throws IOException {
    CheckedFile pages = files.get(BasePageFormat.FILE);
    try (Arena arena = Arena.ofShared()) {
      BaseShape shape = pages == null ? null : BaseShape.of(pages, manifest);
      CheckMemory memory =
          new CheckMemory(
              options.memoryBudgetBytes(),
              options.threads(),
              shape == null ? FileHeader.BYTES : shape.pageBytes(),
              tableBytes(shape),
              arena);
      for (CheckedFile file : files.values()) {
        if (!isPages(file) && !isCodes(file)) {
          checkFlat(file, shape, memory, arena);
        }
      }
      List<CheckedFile> codeFiles = files.values().stream().filter(FullCheck::isCodes).toList();
      if (pages == null || shape == null) {
        log.note("no page was checked, because the header or length of base.pages is wrong");
        for (CheckedFile file : codeFiles) {
          readFlat(file, null, memory);
        }
      } else {
        new BaseCheck(
                pages,
                shape,
                new BaseCheck.Beside(directory, copies, codeFiles, codes(codeFiles)),
                options.allCodes(),
                memory,
                log,
                megabytes)
            .run(progress, arena);
      }
    }
    return megabytes.bytes();
  }

  private static boolean isCodes(CheckedFile file) {
    return file.spec().magic().equals(CodesFile.CODES_MAGIC);
  }

  private static boolean isPages(CheckedFile file) {
    return file.name().equals(BasePageFormat.FILE);
  }

  private static boolean isGraph(CheckedFile file) {
    return file.spec().magic().equals(NeighbourLists.MAGIC);
  }

  // What is kept whatever the budget: without it pages could not be compared with anything.
  private boolean isKeptInMemory(CheckedFile file) {
    return file.name().equals(PageDirectory.FILE)
        || file.spec().magic().equals(CodesFile.CODEBOOK_MAGIC);
  }

  private long tableBytes(@Nullable BaseShape shape) {
    long bytes = shape == null ? 0 : BaseCheck.tableBytes(shape);
    for (CheckedFile file : files.values()) {
      bytes += isKeptInMemory(file) ? imageBytes(file) : 0;
    }
    return bytes;
  }

  private static long imageBytes(CheckedFile file) {
    return Math.ceilDiv(file.scan().size(), AlignedMemory.DIRECT_ALIGNMENT)
        * AlignedMemory.DIRECT_ALIGNMENT;
  }

  private void checkFlat(
      CheckedFile file, @Nullable BaseShape shape, CheckMemory memory, Arena kept)
      throws IOException {
    boolean isGraph = isGraph(file);
    long bytes = imageBytes(file);
    boolean inMemory = isKeptInMemory(file) || memory.take(bytes);
    try (Arena passing = Arena.ofShared()) {
      MemorySegment image =
          inMemory
              ? AlignedMemory.allocate(
                  isGraph ? passing : kept, bytes, AlignedMemory.DIRECT_ALIGNMENT)
              : null;
      readFlat(file, image, memory);
      if (log.isWhole(file.name())) {
        checkContent(file, shape, image, memory);
      }
    }
    if (isGraph && inMemory) {
      memory.giveBack(bytes);
    }
  }

  private void checkContent(
      CheckedFile file,
      @Nullable BaseShape shape,
      @Nullable MemorySegment image,
      CheckMemory memory)
      throws InterruptedIOException {
    long payloadBytes = file.header().payloadBytes();
    MemorySegment payload = image == null ? null : image.asSlice(FileHeader.BYTES, payloadBytes);
    Content content = new Content(file.scan(), payloadBytes, payload);
    try {
      if (isGraph(file)) {
        GraphFileCheck.run(file, content, memory, log);
      } else if (payload != null && file.name().equals(PageDirectory.FILE)) {
        directory = directory(file, shape, payload);
      } else if (payload != null && isKeptInMemory(file)) {
        quantizer(file, payload);
      } else {
        copies.add(entryCheck.check(manifest, file, content, log));
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      // What is not in memory is read a second time here.
      log.add(file.name(), Kind.UNREADABLE, FileHeader.BYTES, "readable bytes", e.toString());
    }
  }

  private void readFlat(CheckedFile file, @Nullable MemorySegment image, CheckMemory memory)
      throws IOException {
    ChunkSums sums = new ChunkSums(file, memory.chunkBytes());
    Tasks.run(
        memory.threads(),
        sums.chunkCount(),
        (worker, task) -> {
          int chunk = (int) task;
          MemorySegment target =
              image == null
                  ? memory.chunk(worker).asSlice(0, sums.bytes(chunk))
                  : image.asSlice(sums.offset(chunk), sums.bytes(chunk));
          try {
            sums.read(chunk, target);
            megabytes.add(target.byteSize());
          } catch (IOException e) {
            log.add(
                file.name(),
                Kind.UNREADABLE,
                sums.offset(chunk),
                "readable bytes",
                String.valueOf(e));
          }
        });
    sums.finish(log);
  }

  private @Nullable PageDirectory directory(
      CheckedFile file, @Nullable BaseShape shape, MemorySegment payload) {
    if (shape == null) {
      return null;
    }
    if (file.header().field(1) != shape.pageCount()) {
      log.add(
          file.name(),
          Kind.DISAGREEMENT,
          0,
          "pages=" + shape.pageCount(),
          "pages=" + file.header().field(1));
      return null;
    }
    try {
      return PageDirectory.over(file.scan().path(), shape.nodeCount(), shape.pageCount(), payload);
    } catch (CorruptFileException e) {
      log.add(file.name(), Kind.DISAGREEMENT, FileHeader.BYTES, e.expected(), e.actual());
      return null;
    }
  }

  private void quantizer(CheckedFile file, MemorySegment payload) {
    try {
      quantizers.put(
          file.name(),
          ProductQuantizer.of(
              manifest.dimension(),
              (int) file.header().field(1),
              file.header().field(2) == 1,
              payload));
    } catch (IllegalArgumentException e) {
      log.add(
          file.name(),
          Kind.FORMAT,
          FileHeader.BYTES,
          "finite centroids",
          String.valueOf(e.getMessage()));
    }
  }

  private List<CodeCheck> codes(List<CheckedFile> codeFiles) {
    List<CodeCheck> codes = new ArrayList<>();
    for (CheckedFile file : codeFiles) {
      int size = (int) file.header().field(1);
      ProductQuantizer quantizer = quantizers.get(CodesFile.codebookName(size));
      if (quantizer == null) {
        log.note("codes were not compared with vectors for want of a codebook: " + file.name());
      } else {
        codes.add(new CodeCheck(file, quantizer, log));
      }
    }
    return codes;
  }
}
