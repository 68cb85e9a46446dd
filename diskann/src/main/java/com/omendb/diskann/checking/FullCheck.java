package com.omendb.diskann.checking;

import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.GraphPart.Reading;
import com.omendb.diskann.parts.PageComparison;
import com.omendb.diskann.parts.PartCheck;
import com.omendb.diskann.parts.PartList;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.memory.AlignedMemory;
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
  private final PartList parts;
  private final SortedMap<String, CheckedFile> files;
  private final VerifyOptions options;
  private final DamageLog log;
  private final Progress progress;
  private final Megabytes megabytes;
  private final Map<GraphPart<?>, Object> kept = new HashMap<>();
  private final List<PageComparison> comparisons = new ArrayList<>();

  FullCheck(
      Manifest manifest,
      PartList parts,
      SortedMap<String, CheckedFile> files,
      VerifyOptions options,
      DamageLog log,
      Progress progress) {
    this.manifest = manifest;
    this.parts = parts;
    this.files = files;
    this.options = options;
    this.log = log;
    this.progress = progress;
    long bytes = files.values().stream().mapToLong(file -> file.scan().size()).sum();
    this.megabytes = new Megabytes(progress, bytes);
  }

  /// A part and its file.
  private record Checked(GraphPart<?> part, CheckedFile file) {
    boolean isKept() {
      return part.reading() == Reading.KEPT;
    }
  }

  /// Checks all and returns how many bytes were read.
  long run() throws IOException {
    CheckedFile pages = files.get(parts.pages().name());
    try (Arena arena = Arena.ofShared()) {
      BaseShape shape = pages == null ? null : BaseShape.of(pages, manifest);
      CheckMemory memory =
          new CheckMemory(
              options.memoryBudgetBytes(),
              options.threads(),
              shape == null ? FileHeader.BYTES : shape.pageBytes(),
              tableBytes(shape),
              arena);
      long pageCount = shape == null ? -1 : shape.pageCount();
      for (Checked checked : read(Reading.KEPT, Reading.WHOLE, Reading.PASSING)) {
        checkFlat(checked, pageCount, memory, arena);
      }
      List<CheckedFile> besidePages = new ArrayList<>();
      for (Checked checked : read(Reading.WITH_PAGES)) {
        besidePages.add(checked.file());
      }
      if (pages == null || shape == null) {
        log.note(
            "no page was checked, because the header or length of "
                + parts.pages().name()
                + " is wrong");
        for (CheckedFile file : besidePages) {
          readFlat(file, null, memory);
        }
      } else {
        for (Checked checked : read(Reading.WITH_PAGES)) {
          compare(checked, null, pageCount, memory);
        }
        new BaseCheck(
                pages,
                shape,
                new BaseCheck.Beside(comparisons, besidePages),
                options.allCodes(),
                memory,
                log,
                megabytes)
            .run(progress, arena);
      }
    }
    return megabytes.bytes();
  }

  // The parts with sound files that are read in some ways, in their order.
  private List<Checked> read(Reading... readings) {
    List<Checked> found = new ArrayList<>();
    for (GraphPart<?> part : parts.all()) {
      CheckedFile file = files.get(part.name());
      if (file != null && List.of(readings).contains(part.reading())) {
        found.add(new Checked(part, file));
      }
    }
    return found;
  }

  private long tableBytes(@Nullable BaseShape shape) {
    long bytes = shape == null ? 0 : BaseCheck.tableBytes(shape);
    for (Checked checked : read(Reading.KEPT)) {
      bytes += imageBytes(checked.file());
    }
    return bytes;
  }

  private static long imageBytes(CheckedFile file) {
    return Math.ceilDiv(file.scan().size(), AlignedMemory.DIRECT_ALIGNMENT)
        * AlignedMemory.DIRECT_ALIGNMENT;
  }

  private void checkFlat(Checked checked, long pageCount, CheckMemory memory, Arena keeping)
      throws IOException {
    CheckedFile file = checked.file();
    boolean passes = checked.part().reading() == Reading.PASSING;
    long bytes = imageBytes(file);
    boolean inMemory = checked.isKept() || memory.take(bytes);
    try (Arena passing = Arena.ofShared()) {
      MemorySegment image =
          inMemory
              ? AlignedMemory.allocate(
                  passes ? passing : keeping, bytes, AlignedMemory.DIRECT_ALIGNMENT)
              : null;
      readFlat(file, image, memory);
      if (log.isWhole(file.name())) {
        checkContent(checked, image, pageCount, memory);
      }
    }
    if (passes && inMemory) {
      memory.giveBack(bytes);
    }
  }

  private void checkContent(
      Checked checked, @Nullable MemorySegment image, long pageCount, CheckMemory memory)
      throws InterruptedIOException {
    CheckedFile file = checked.file();
    long payloadBytes = file.header().payloadBytes();
    MemorySegment payload = image == null ? null : image.asSlice(FileHeader.BYTES, payloadBytes);
    try {
      compare(checked, new Content(file.scan(), payloadBytes, payload), pageCount, memory);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      // What is not in memory is read a second time here.
      log.add(file.name(), Kind.UNREADABLE, FileHeader.BYTES, "readable bytes", e.toString());
    }
  }

  private void compare(
      Checked checked, @Nullable Content content, long pageCount, CheckMemory memory)
      throws IOException {
    comparisons.add(
        checked
            .part()
            .check(new PartCheck(manifest, checked.file(), content, pageCount, kept, memory, log)));
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
}
