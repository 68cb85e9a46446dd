package com.omendb.diskann.parts;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.Origin;
import com.omendb.store.part.Placement;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.util.Map;

/// The pages of the base layer, [BasePageFormat].
public final class PagesPart implements GraphPart<BasePageFormat.Header> {
  // On `sift-photo-1m`, 1,000,000 x 128 uint8, R = 64: 255.9 bytes a vector in pages, less the
  // vector and RECORD_BYTES; 226.4 at 100,000. Neighbours lie farther apart the more there are.
  private static final EdgeBytes EDGES = new EdgeBytes(118.9, 8.9);
  private static final double MEASURED_DEGREE = 64;

  /// Bytes a record beside vector and edges: identifier, table, what is unused.
  public static final double RECORD_BYTES = 9;

  // A page of more records than this has next to nothing left; with fewer, whole records count.
  private static final int MANY_RECORDS = 8;

  // The largest record of an index has about so much more edge bytes than the average.
  private static final double LARGEST_EDGES = 1.25;

  PagesPart() {}

  @Override
  public String name() {
    return BasePageFormat.FILE;
  }

  @Override
  public String magic() {
    return BasePageFormat.MAGIC;
  }

  @Override
  public int version() {
    return BasePageFormat.VERSION;
  }

  @Override
  public Placement placement() {
    return Placement.PAGED;
  }

  @Override
  public Origin origin() {
    return Origin.SOURCE;
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return header.pageBytes() > 0
        && header.pageCount() <= Integer.MAX_VALUE
        && BasePageFormat.fits(header, manifest);
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return FileHeader.BYTES
        + expectedPageBytes(vectors, options) * expectedPageCount(vectors, options);
  }

  /// Pages that an index is expected to have.
  static long expectedPageCount(VectorShape vectors, BuildOptions options) {
    return (long) Math.ceil(vectors.count() / expectedRecords(vectors, options));
  }

  /// Vectors that a page is expected to hold on average.
  static double expectedRecords(VectorShape vectors, BuildOptions options) {
    double records =
        BasePageFormat.recordRoom(expectedPageBytes(vectors, options))
            / recordBytes(vectors, edgeBytes(vectors, options));
    return records < MANY_RECORDS ? Math.max(1, Math.floor(records)) : records;
  }

  /// Bytes that a page is expected to have.
  public static int expectedPageBytes(VectorShape vectors, BuildOptions options) {
    double edges = edgeBytes(vectors, options);
    return BasePageFormat.pageBytesFor(
        (int) (recordBytes(vectors, edges) + (LARGEST_EDGES - 1) * edges));
  }

  /// Bytes of edges that a record has on average at the count of the measured set.
  ///
  /// @param maxDegree R of the graph
  public static double measuredEdgeBytes(double maxDegree) {
    return EDGES.measured() * maxDegree / MEASURED_DEGREE;
  }

  private static double edgeBytes(VectorShape vectors, BuildOptions options) {
    return EDGES.at(vectors.count()) * options.maxDegree() / MEASURED_DEGREE;
  }

  private static double recordBytes(VectorShape vectors, double edges) {
    return vectors.vectorBytes() + RECORD_BYTES + edges;
  }

  /// The header of the pages; searches read the pages themselves through their page cache.
  @Override
  public BasePageFormat.Header open(PartOpening opening) throws IOException {
    try (PageFile pages =
        PageFile.open(opening.path(this), magic(), oldestVersion(), version(), false)) {
      return BasePageFormat.header(pages, opening.manifest());
    }
  }

  @Override
  public Reading reading() {
    return Reading.PAGES;
  }

  @Override
  public PageComparison check(PartCheck check) {
    return PageComparison.NONE;
  }

  @Override
  public PartFacts facts(FileHeader header) {
    if (header.pageBytes() == 0 || header.fields().length < BasePageFormat.FIELD_COUNT) {
      return PartFacts.NONE;
    }
    BasePageFormat.Header base = BasePageFormat.read(header);
    return new PartFacts(
        base.nodeCount(),
        base.dimension(),
        base.elementTypeCode(),
        base.metricCode(),
        Map.of("maxDegree", String.valueOf(base.largestDegree())));
  }
}
