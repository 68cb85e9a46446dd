package com.omendb.diskann.check;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodeSizes;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.FileHeader;
import com.omendb.pq.ProductQuantizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What a file of an index has to be, by what its manifest says.
///
/// @param name within the index
/// @param magic of its header
/// @param version of its kind of file, the only one that is read
/// @param fits whether a header that is whole fits the manifest
public record FileSpec(String name, String magic, int version, Predicate<FileHeader> fits) {

  /// The files that every index has.
  static List<FileSpec> of(Manifest manifest, Path manifestPath) throws CorruptFileException {
    long count = manifest.count();
    int dimension = manifest.dimension();
    List<FileSpec> specs = new ArrayList<>();
    specs.add(
        new FileSpec(
            BasePageFormat.FILE,
            BasePageFormat.MAGIC,
            BasePageFormat.VERSION,
            header ->
                header.pageBytes() > 0
                    && header.pageCount() <= Integer.MAX_VALUE
                    && BasePageFormat.fits(header, manifest)));
    specs.add(
        new FileSpec(
            PageDirectory.FILE,
            PageDirectory.MAGIC,
            PageDirectory.VERSION,
            header ->
                isFlat(header, 2)
                    && header.field(0) == count
                    && header.payloadBytes() == PageDirectory.bytes(count)));
    specs.add(graph(GroupGraph.FILE, GroupGraph.groupCount(count)));
    specs.add(graph(ThinGraph.FILE, count));
    for (int size : CodeSizes.read(manifest, manifestPath)) {
      specs.add(
          new FileSpec(
              CodesFile.codesName(size),
              CodesFile.CODES_MAGIC,
              CodesFile.VERSION,
              header ->
                  isFlat(header, 2)
                      && header.field(0) == count
                      && header.field(1) == size
                      && header.payloadBytes() == count * size));
      specs.add(
          new FileSpec(
              CodesFile.codebookName(size),
              CodesFile.CODEBOOK_MAGIC,
              CodesFile.VERSION,
              header ->
                  isFlat(header, 8)
                      && header.field(0) == dimension
                      && header.field(1) == size
                      && header.payloadBytes() == ProductQuantizer.codebookBytes(dimension)));
    }
    return specs;
  }

  private static FileSpec graph(String name, long vertexCount) {
    return new FileSpec(
        name,
        NeighbourLists.MAGIC,
        NeighbourLists.VERSION,
        header -> isFlat(header, 3) && NeighbourLists.fits(header, vertexCount));
  }

  /// Whether a header is of a file of one payload and has so many fields.
  public static boolean isFlat(FileHeader header, int fieldCount) {
    return header.pageBytes() == 0 && header.fields().length >= fieldCount;
  }
}
