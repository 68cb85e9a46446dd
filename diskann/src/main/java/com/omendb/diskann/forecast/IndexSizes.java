package com.omendb.diskann.forecast;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PagesPart;
import com.omendb.diskann.parts.PartList;
import com.omendb.pagecache.file.FileHeader;
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
/// @param shape of the vectors
/// @param options how it would be built
/// @param parts what it would consist of
/// @param files bytes of each file by name
record IndexSizes(
    VectorShape shape, BuildOptions options, PartList parts, Map<String, Long> files) {

  static IndexSizes of(VectorShape shape, BuildOptions options, PartList parts) {
    Map<String, Long> files = new LinkedHashMap<>();
    for (GraphPart<?> part : parts.all()) {
      files.put(part.name(), part.expectedBytes(shape, options));
    }
    return new IndexSizes(shape, options, parts, files);
  }

  /// Bytes of a page of the base layer.
  int pageBytes() {
    return PagesPart.expectedPageBytes(shape, options);
  }

  /// Pages of the base layer.
  long pageCount() {
    return (parts.pages().expectedBytes(shape, options) - FileHeader.BYTES) / pageBytes();
  }

  /// A manifest of the index, without checksums.
  Manifest manifest() {
    TreeMap<String, String> settings = new TreeMap<>();
    CodeNames.put(settings, parts.codeSpecs());
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
}
