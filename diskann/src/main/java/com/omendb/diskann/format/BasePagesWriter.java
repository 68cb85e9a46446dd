package com.omendb.diskann.format;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.file.PageWriter;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;
import java.util.function.IntToLongFunction;

/// Writes a graph and its vectors as `base.pages`, filling pages by bytes in node order, and notes
/// where each page begins for the [PageDirectory].
public final class BasePagesWriter {
  private static final int PROGRESS_STEP = 1024;

  private final VectorSource vectors;
  private final Metric metric;
  private final VamanaGraph graph;
  private final NodeOrder order;
  private final BitSet pageStarts;
  private final IntToLongFunction vectorIds;
  private final NeighbourCodec codec;
  private final int[] neighbours;
  private final int nodeCount;

  /// A writer of one graph; nodes of the graph are rows of `vectors`.
  ///
  /// @param pageStarts nodes that should begin a page, so that those between two share one
  /// @param vectorIds the id that searches return for a row
  public BasePagesWriter(
      VectorSource vectors,
      Metric metric,
      VamanaGraph graph,
      NodeOrder order,
      BitSet pageStarts,
      IntToLongFunction vectorIds) {
    this.vectors = vectors;
    this.metric = metric;
    this.graph = graph;
    this.order = order;
    this.pageStarts = pageStarts;
    this.vectorIds = vectorIds;
    this.nodeCount = (int) vectors.count();
    this.neighbours = new int[Math.max(NeighbourCodec.MAX_DEGREE, graph.adjacency().slots())];
    this.codec = new NeighbourCodec(nodeCount, chooseBaseBits());
  }

  /// Measures each record as it would be written: an unsigned short a row, with its entry in the
  /// page's table.
  public void measure(MemorySegment recordBytes, Progress progress) {
    forEachRecordSize(
        (row, bytes) ->
            recordBytes.setAtIndex(
                NativeMemory.SHORT, row, (short) (bytes + BasePageFormat.TABLE_ENTRY_BYTES)),
        progress);
  }

  /// Writes the file and returns the directory of its pages, in memory of `arena`.
  public PageDirectory write(FileTarget file, UUID indexId, Arena arena, Progress progress)
      throws IOException {
    int pageBytes = choosePageBytes(progress);
    PageDirectory.Builder directory = new PageDirectory.Builder(nodeCount, arena);
    progress.phase("write pages", nodeCount);
    try (Arena scratch = Arena.ofConfined();
        PageWriter writer =
            new PageWriter(
                file, BasePageFormat.MAGIC, BasePageFormat.VERSION, indexId, pageBytes)) {
      RecordEncoder encoder =
          new RecordEncoder(vectors, metric, graph.adjacency().maxDegree(), codec, scratch);
      PageFiller filler = new PageFiller(writer, pageBytes, directory, scratch);
      for (int node = 0; node < nodeCount; node++) {
        int row = order.row(node);
        int bytes = encoder.encode(row, vectorIds.applyAsLong(row), neighbours, mapNeighbours(row));
        if (pageStarts.get(node)) {
          filler.beginGroup();
        }
        filler.add(node, encoder.record(), bytes);
        report(node, progress);
      }
      filler.flush();
      writer.finish(headerFields());
    }
    return directory.build();
  }

  private int chooseBaseBits() {
    NeighbourCodec.Chooser chooser = new NeighbourCodec.Chooser(nodeCount);
    int step = Math.max(1, nodeCount / 10_000);
    for (long row = 0; row < nodeCount; row += step) {
      int degree = mapNeighbours((int) row);
      Arrays.sort(neighbours, 0, degree);
      chooser.add(neighbours, degree);
    }
    return chooser.baseBits();
  }

  private interface SizeConsumer {
    void accept(int row, int bytes);
  }

  private void forEachRecordSize(SizeConsumer consumer, Progress progress) {
    int vectorBytes = vectors.vectorBytes();
    for (int row = 0; row < nodeCount; row++) {
      int degree = mapNeighbours(row);
      Arrays.sort(neighbours, 0, degree);
      int idBytes = Varint.bytes(vectorIds.applyAsLong(row));
      consumer.accept(row, vectorBytes + idBytes + codec.measure(neighbours, degree));
      report(row, progress);
    }
  }

  private void report(int done, Progress progress) {
    if ((done & (PROGRESS_STEP - 1)) == PROGRESS_STEP - 1) {
      progress.advance(PROGRESS_STEP);
    } else if (done == nodeCount - 1) {
      progress.advance(nodeCount & (PROGRESS_STEP - 1));
    }
  }

  // Records are measured only where their size decides on the page's.
  private int choosePageBytes(Progress progress) {
    int vectorBytes = vectors.vectorBytes();
    int most = BasePageFormat.maxRecordBytes(vectorBytes, graph.adjacency().maxDegree());
    int smallestPage = BasePageFormat.pageBytesFor(vectorBytes);
    int largest =
        BasePageFormat.pageBytesFor(most) == smallestPage ? most : largestRecord(progress);
    int pageBytes = BasePageFormat.pageBytesFor(largest);
    if (pageBytes > BasePageFormat.MAX_PAGE_BYTES) {
      throw new IllegalArgumentException(
          "a record does not fit the largest page of "
              + BasePageFormat.MAX_PAGE_BYTES
              + " bytes: recordBytes="
              + largest);
    }
    return pageBytes;
  }

  private int largestRecord(Progress progress) {
    progress.phase("measure records", nodeCount);
    int[] largest = {0};
    forEachRecordSize((_, bytes) -> largest[0] = Math.max(largest[0], bytes), progress);
    return largest[0];
  }

  private int mapNeighbours(int row) {
    Adjacency adjacency = graph.adjacency();
    int degree = adjacency.copy(row, neighbours);
    for (int i = 0; i < degree; i++) {
      neighbours[i] = order.node(neighbours[i]);
    }
    return degree;
  }

  private long[] headerFields() {
    long[] fields = new long[BasePageFormat.FIELD_COUNT];
    fields[BasePageFormat.FIELD_NODE_COUNT] = nodeCount;
    fields[BasePageFormat.FIELD_DIMENSION] = vectors.dimension();
    fields[BasePageFormat.FIELD_ELEMENT_TYPE] = vectors.elementType().code();
    fields[BasePageFormat.FIELD_METRIC] = metric.code();
    fields[BasePageFormat.FIELD_LARGEST_DEGREE] = graph.adjacency().maxDegree();
    fields[BasePageFormat.FIELD_BASE_BITS] = codec.baseBits();
    fields[BasePageFormat.FIELD_MEDOID] = order.node(graph.medoid());
    return fields;
  }

  /// Collects records until the next one would not fit, then lays out the page.
  private static final class PageFiller {
    private final PageWriter writer;
    private final int pageBytes;
    private final PageDirectory.Builder directory;
    private final MemorySegment records;
    private final int[] recordStarts;
    private int recordCount;
    private int recordBytes;
    private int firstNode;

    PageFiller(PageWriter writer, int pageBytes, PageDirectory.Builder directory, Arena scratch) {
      this.writer = writer;
      this.pageBytes = pageBytes;
      this.directory = directory;
      this.records = scratch.allocate(pageBytes, 64);
      this.recordStarts = new int[pageBytes / BasePageFormat.TABLE_ENTRY_BYTES];
    }

    /// Begins a group: its records should not share a page with those before, unless these are few.
    void beginGroup() throws IOException {
      if (recordBytes > pageBytes / 2) {
        flush();
      }
    }

    void add(int node, MemorySegment record, int bytes) throws IOException {
      int table = (recordCount + 1) * BasePageFormat.TABLE_ENTRY_BYTES;
      if (BasePageFormat.TABLE_OFFSET + table + recordBytes + bytes > pageBytes) {
        flush();
      }
      if (recordCount == 0) {
        firstNode = node;
        directory.startPage(node);
      }
      MemorySegment.copy(record, 0, records, recordBytes, bytes);
      recordStarts[recordCount++] = recordBytes;
      recordBytes += bytes;
    }

    void flush() throws IOException {
      if (recordCount == 0) {
        return;
      }
      MemorySegment page = writer.page();
      page.set(NativeMemory.INT, BasePageFormat.FIRST_NODE_OFFSET, firstNode);
      page.set(NativeMemory.SHORT, BasePageFormat.RECORD_COUNT_OFFSET, (short) recordCount);
      int bodyOffset = BasePageFormat.TABLE_OFFSET + recordCount * BasePageFormat.TABLE_ENTRY_BYTES;
      for (int i = 0; i < recordCount; i++) {
        page.set(
            NativeMemory.SHORT,
            BasePageFormat.TABLE_OFFSET + (long) i * BasePageFormat.TABLE_ENTRY_BYTES,
            (short) (bodyOffset + recordStarts[i]));
      }
      MemorySegment.copy(records, 0, page, bodyOffset, recordBytes);
      writer.write();
      recordCount = 0;
      recordBytes = 0;
    }
  }
}
