package com.omendb.diskann.forecast;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.pagecache.FileHeader;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.VectorShape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// How large the files of an index would be.
///
/// Codes, codebooks and the page directory are as long as their formats say; edges are as long as
/// they were on the measured set, with its growth by count.
///
/// @param shape of the vectors
/// @param options how it would be built
/// @param pageBytes bytes of a page of the base layer
/// @param files bytes of each file by name
record IndexSizes(VectorShape shape, BuildOptions options, int pageBytes, Map<String, Long> files) {

  // A page of more records than this has next to nothing left; with fewer, whole records count.
  private static final int MANY_RECORDS = 8;

  // The largest record of an index has about so much more edge bytes than the average.
  private static final double LARGEST_EDGES = 1.25;

  /// @param entryFiles files that the kind of index adds
  static IndexSizes of(VectorShape shape, BuildOptions options, Map<String, Long> entryFiles) {
    double edges =
        edgeBytes(Measured.BASE_EDGE_BYTES, Measured.BASE_EDGE_GROWTH, shape.count())
            * options.maxDegree()
            / Measured.MAX_DEGREE;
    double record = shape.vectorBytes() + Measured.RECORD_BYTES + edges;
    int pageBytes = BasePageFormat.pageBytesFor((int) (record + (LARGEST_EDGES - 1) * edges));
    Map<String, Long> files = new LinkedHashMap<>();
    files.put(
        BasePageFormat.FILE,
        FileHeader.BYTES + pageBytes * pageCount(shape.count(), record, pageBytes));
    files.put(PageDirectory.FILE, FileHeader.BYTES + PageDirectory.bytes(shape.count()));
    for (int size : CodeSizes.of(shape.dimension(), options.subspaceCount())) {
      files.put(CodesFile.codesName(size), FileHeader.BYTES + shape.count() * size);
      files.put(
          CodesFile.codebookName(size),
          FileHeader.BYTES + ProductQuantizer.codebookBytes(shape.dimension()));
    }
    files.put(
        GroupGraph.FILE,
        lists(
            GroupGraph.groupCount(shape.count()),
            edgeBytes(Measured.GROUP_EDGE_BYTES, Measured.GROUP_EDGE_GROWTH, shape.count())));
    files.put(
        ThinGraph.FILE,
        lists(
            shape.count(),
            edgeBytes(Measured.THIN_EDGE_BYTES, Measured.THIN_EDGE_GROWTH, shape.count())
                * Math.min(1.0, (double) options.maxDegree() / ThinGraph.MAX_DEGREE)));
    files.putAll(entryFiles);
    return new IndexSizes(shape, options, pageBytes, files);
  }

  /// Pages of the base layer.
  long pageCount() {
    return (files.getOrDefault(BasePageFormat.FILE, 0L) - FileHeader.BYTES) / pageBytes;
  }

  /// A manifest of the index, without checksums.
  Manifest manifest() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put(
        CodeSizes.SETTING,
        CodeSizes.format(CodeSizes.of(shape.dimension(), options.subspaceCount())));
    SortedMap<String, Manifest.FileEntry> entries = new TreeMap<>();
    files.forEach((name, bytes) -> entries.put(name, new Manifest.FileEntry(bytes, 0)));
    return new Manifest(
        options.kind(),
        new UUID(0, 0),
        shape.count(),
        shape.dimension(),
        shape.elementType(),
        options.metric(),
        settings,
        entries);
  }

  // Neighbours are coded by the logarithm of how far apart they are numbered.
  private static double edgeBytes(double measured, double growth, long count) {
    double doublings = Math.log(count / Measured.COUNT) / Math.log(2);
    return Math.max(measured / 4, measured + growth * doublings);
  }

  private static long pageCount(long count, double recordBytes, int pageBytes) {
    double records = BasePageFormat.recordRoom(pageBytes) / recordBytes;
    double whole = records < MANY_RECORDS ? Math.max(1, Math.floor(records)) : records;
    return (long) Math.ceil(count / whole);
  }

  private static long lists(long vertexCount, double edgeBytes) {
    long tables = (vertexCount + 63) / 64 * (Long.BYTES + 64L * Short.BYTES) + Long.BYTES;
    return FileHeader.BYTES + tables + (long) (vertexCount * edgeBytes);
  }
}
