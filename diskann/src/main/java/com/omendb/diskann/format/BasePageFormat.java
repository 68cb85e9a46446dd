package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.HeaderFields;

/// The layout of `base.pages`: the full-precision vectors and the adjacency of the base layer.
///
/// The file is a page file of `pagecache`: a header page, then data pages of `pageBytes`, each with
/// its CRC32C and page number in front. Nodes are numbered by position: page 0 holds nodes 0..a-1,
/// page 1 nodes a..b-1 and so on. A record never straddles pages; `pageBytes` is the smallest
/// multiple of 4096 that holds the largest record.
///
/// ```
/// data page
///   0   u32      CRC32C of bytes 4 to the end      (page file)
///   4   u32      page number                       (page file)
///   8   u32      first node
///   12  u16      record count c
///   14  u16      zero
///   16  u16[c]   offset of each record in the page, ascending
///       records, one after another; zero to the end of the page
///
/// record
///   vector       dimension elements; float32 vectors of a cosine index have unit length
///   varint       vectorId
///   list         neighbours (nodes), as NeighbourCodec writes them
/// ```
///
/// Header fields: 0 node count, 1 dimension, 2 element type code, 3 metric code, 4 largest degree,
/// 5 baseBits of the neighbour codec, 6 medoid.
public final class BasePageFormat {
  /// File name within the index.
  public static final String FILE = "base.pages";

  /// Magic of the header page.
  public static final String MAGIC = "OMENBASE";

  /// The version that is written, and the only one that is read.
  public static final int VERSION = 2;

  /// The most nodes of an index: what an array can number.
  public static final int MAX_NODE_COUNT = Integer.MAX_VALUE - 8;

  static final int FIRST_NODE_OFFSET = 8;
  static final int RECORD_COUNT_OFFSET = 12;
  static final int TABLE_OFFSET = 16;
  static final int TABLE_ENTRY_BYTES = 2;

  private static final int MIN_ID_BYTES = 1;
  private static final int MIN_LIST_BYTES = 1;

  /// Page sizes are multiples of this.
  static final int PAGE_UNIT = 4096;

  /// Record offsets are 16 bits wide.
  static final int MAX_PAGE_BYTES = 65_536;

  static final int FIELD_NODE_COUNT = 0;
  static final int FIELD_DIMENSION = 1;
  static final int FIELD_ELEMENT_TYPE = 2;
  static final int FIELD_METRIC = 3;
  static final int FIELD_LARGEST_DEGREE = 4;
  static final int FIELD_BASE_BITS = 5;
  static final int FIELD_MEDOID = 6;

  /// Fields of the header.
  public static final int FIELD_COUNT = 7;

  private BasePageFormat() {}

  /// The header fields of a file, checked against the manifest.
  public record Header(
      long nodeCount,
      long dimension,
      long elementTypeCode,
      long metricCode,
      long largestDegree,
      long baseBits,
      long medoid) {}

  /// The header of an open file, checked against the manifest.
  ///
  /// @throws CorruptFileException if it is of another index or does not match
  public static Header header(PageFile pages, Manifest manifest) throws CorruptFileException {
    HeaderFields.require(pages.header(), manifest.indexId(), FIELD_COUNT, pages.path());
    Header header = read(pages.header());
    if (!fits(pages.header(), manifest)) {
      throw new CorruptFileException(
          "base layer does not match the manifest",
          pages.path(),
          0,
          "count=" + manifest.count() + ", dimension=" + manifest.dimension(),
          header + ", pageBytes=" + pages.pageBytes() + ", pageCount=" + pages.pageCount());
    }
    return header;
  }

  /// Whether a header that is whole fits the manifest.
  public static boolean fits(FileHeader file, Manifest manifest) {
    return file.fields().length >= FIELD_COUNT
        && fits(read(file), manifest)
        && hasRoom(read(file).nodeCount(), file, manifest);
  }

  /// The fields of a header that [#fits].
  public static Header read(FileHeader file) {
    return new Header(
        file.field(FIELD_NODE_COUNT),
        file.field(FIELD_DIMENSION),
        file.field(FIELD_ELEMENT_TYPE),
        file.field(FIELD_METRIC),
        file.field(FIELD_LARGEST_DEGREE),
        file.field(FIELD_BASE_BITS),
        file.field(FIELD_MEDOID));
  }

  private static boolean fits(Header header, Manifest manifest) {
    return header.nodeCount() == manifest.count()
        && header.nodeCount() <= MAX_NODE_COUNT
        && header.dimension() == manifest.dimension()
        && header.elementTypeCode() == manifest.elementType().code()
        && header.metricCode() == manifest.metric().code()
        && header.largestDegree() >= 0
        && header.largestDegree() <= NeighbourCodec.MAX_DEGREE
        && header.baseBits() >= 0
        && header.baseBits() <= NeighbourCodec.MAX_BASE_BITS
        && header.medoid() >= 0
        && header.medoid() < header.nodeCount();
  }

  // Whether so many nodes can lie in the pages that are there, one a page at least: memory is taken
  // by the number of nodes before the pages are read.
  private static boolean hasRoom(long nodeCount, FileHeader file, Manifest manifest) {
    int smallestRecord =
        manifest.elementType().vectorBytes(manifest.dimension()) + MIN_ID_BYTES + MIN_LIST_BYTES;
    long mostOfPage = recordRoom(file.pageBytes()) / (TABLE_ENTRY_BYTES + smallestRecord);
    return file.pageCount() <= nodeCount && nodeCount <= file.pageCount() * mostOfPage;
  }

  /// Bytes of a page that records may take, each with [#TABLE_ENTRY_BYTES] beside it.
  public static int recordRoom(int pageBytes) {
    return pageBytes - TABLE_OFFSET;
  }

  /// The smallest page that holds a record of this size.
  public static int pageBytesFor(int recordBytes) {
    int needed = TABLE_OFFSET + TABLE_ENTRY_BYTES + recordBytes;
    return (needed + PAGE_UNIT - 1) / PAGE_UNIT * PAGE_UNIT;
  }

  /// The most bytes that a record can take.
  static int maxRecordBytes(int vectorBytes, int maxDegree) {
    return vectorBytes + Varint.MAX_LONG_BYTES + NeighbourCodec.maxBytes(maxDegree);
  }
}
