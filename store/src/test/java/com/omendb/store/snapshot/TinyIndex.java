package com.omendb.store.snapshot;

import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.UUID;

/// An index as far as snapshots look at one: a manifest, and files of any bytes.
///
/// @param directory of the index
/// @param manifest what was published
record TinyIndex(Path directory, Manifest manifest) {

  /// Publishes files `a.graph`, `b.graph`, ... under an id of their own.
  static TinyIndex write(Path directory, byte[]... files) throws IOException {
    return write(directory, UUID.randomUUID(), files);
  }

  /// The same under a given id.
  static TinyIndex write(Path directory, UUID indexId, byte[]... files) throws IOException {
    try (Publication publication = Publication.begin(directory, indexId, false)) {
      for (int i = 0; i < files.length; i++) {
        Files.write(publication.file((char) ('a' + i) + ".graph").path(), files[i]);
      }
      Manifest manifest =
          new Manifest(
              "diskann",
              indexId,
              1,
              1,
              ElementType.UINT8,
              Metric.SQUARED_L2,
              new TreeMap<>(),
              new TreeMap<>());
      return new TinyIndex(directory, publication.publish(manifest));
    }
  }
}
