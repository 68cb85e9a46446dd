package com.omendb.diskann.repair;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.pagecache.FileHeader;
import com.omendb.store.directory.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The file through which searches of a kind of index enter the base layer, as a repair sees it.
public interface EntryFile {
  /// Its name within the index.
  String name();

  /// Writes it anew.
  IndexBuild.EntryWriter writer();

  /// Checks all of it against an index.
  ///
  /// @throws IOException if it is missing, damaged or of another index
  void check(Path path, Manifest manifest) throws IOException;

  /// What its header says of the index; empty if it is not of such a file.
  Optional<Facts> facts(FileHeader header);

  /// What a header says of an index. Codes that no enum has are possible.
  ///
  /// @param dimension elements a vector
  /// @param elementTypeCode type of the elements
  /// @param metricCode distance of the index
  /// @param settings that a manifest holds of the file
  record Facts(
      long dimension, long elementTypeCode, long metricCode, Map<String, String> settings) {}
}
