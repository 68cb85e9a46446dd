package com.omendb.diskann.checking;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.errors.CorruptFileException;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.checking.FileSpec;
import com.omendb.store.directory.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that every index over a base layer has.
final class BaseFiles {
  private BaseFiles() {}

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
                FileSpec.isFlat(header, 2)
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
                  FileSpec.isFlat(header, 2)
                      && header.field(0) == count
                      && header.field(1) == size
                      && header.payloadBytes() == count * size));
      specs.add(
          new FileSpec(
              CodesFile.codebookName(size),
              CodesFile.CODEBOOK_MAGIC,
              CodesFile.VERSION,
              header ->
                  FileSpec.isFlat(header, 8)
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
        header -> FileSpec.isFlat(header, 3) && NeighbourLists.fits(header, vertexCount));
  }
}
