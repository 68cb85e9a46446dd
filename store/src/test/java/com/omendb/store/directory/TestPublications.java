package com.omendb.store.directory;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.UUID;

/// Publishes indexes of one file.
final class TestPublications {
  private TestPublications() {}

  /// Publishes an index whose only file has this content.
  static Manifest publish(Path directory, UUID id, String content, boolean overwrite)
      throws IOException {
    try (Publication publication = Publication.begin(directory, id, overwrite)) {
      Files.writeString(publication.file("a.graph").path(), content);
      return publication.publish(manifest(id));
    }
  }

  /// A manifest without files.
  static Manifest manifest(UUID id) {
    return new Manifest(
        "test", id, 1, 1, ElementType.UINT8, Metric.SQUARED_L2, new TreeMap<>(), new TreeMap<>());
  }
}
