package com.omendb.diskann.format;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.PageWriter;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;

/// Writes a graph and its vectors as `base.pages`, filling pages by bytes in node order, and notes
/// where each page begins for the [PageDirectory].
public final class BasePagesWriter {
  private final VectorSource vectors;
  private final Metric metric;
  private final VamanaGraph graph;
  private final NodeOrder order;
  private final int[] neighbours;
  private final int nodeCount;

  /// A writer of one graph; nodes of the graph are rows of `vectors`.
  public BasePagesWriter(VectorSource vectors, Metric metric, VamanaGraph graph, NodeOrder order) {
    this.vectors = vectors;
    this.metric = metric;
    this.graph = graph;
    this.order = order;
    this.nodeCount = (int) vectors.count();
    this.neighbours = new int[graph.adjacency().slots()];
  }

  /// Writes the file and returns the directory of its pages, in memory of `arena`.
  public PageDirectory write(Path path, UUID indexId, Arena arena, Progress progress)
      throws IOException {
    try (Arena scratch = Arena.ofConfined()) {
      RecordEncoder encoder =
          new RecordEncoder(vectors, metric, graph.adjacency().maxDegree(), scratch);
      progress.phase("measure records", nodeCount);
      int pageBytes = choosePageBytes(encoder, progress);
      PageDirectory.Builder directory = new PageDirectory.Builder(nodeCount, arena);
      progress.phase("write pages", nodeCount);
      try (PageWriter writer =
          new PageWriter(path, BasePageFormat.MAGIC, BasePageFormat.VERSION, indexId, pageBytes)) {
        PageFiller filler = new PageFiller(writer, pageBytes, directory, scratch);
        for (int node = 0; node < nodeCount; node++) {
          int row = order.row(node);
          int bytes = encoder.encode(row, row, neighbours, mapNeighbours(row));
          filler.add(node, encoder.record(), bytes);
          if ((node & 1023) == 1023) {
            progress.advance(1024);
          }
        }
        filler.flush();
        progress.advance(nodeCount & 1023);
        writer.finish(headerFields());
      }
      return directory.build();
    }
  }

  private int choosePageBytes(RecordEncoder encoder, Progress progress) {
    int largest = 0;
    for (int row = 0; row < nodeCount; row++) {
      largest = Math.max(largest, encoder.measure(row, neighbours, mapNeighbours(row)));
      if ((row & 1023) == 1023) {
        progress.advance(1024);
      }
    }
    progress.advance(nodeCount & 1023);
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
    fields[BasePageFormat.FIELD_ENCODING] = BasePageFormat.ENCODING_SORTED_DELTA_VARINT;
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
