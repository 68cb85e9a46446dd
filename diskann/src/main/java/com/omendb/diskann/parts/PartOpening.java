package com.omendb.diskann.parts;

import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An index whose parts are opened.
///
/// @param files the folder of its files
/// @param manifest what the index is
/// @param pageCount pages of the base layer
/// @param firstNodes first node of each page, if all pages were read; else null
/// @param arena holds what is opened
public record PartOpening(
    Path files, Manifest manifest, long pageCount, @Nullable BitSet firstNodes, Arena arena) {

  /// The same into other memory.
  public PartOpening withArena(Arena other) {
    return new PartOpening(files, manifest, pageCount, firstNodes, other);
  }

  /// The file of a part.
  public Path path(IndexPart part) {
    return files.resolve(part.name());
  }

  /// The index that each part must be of.
  public UUID indexId() {
    return manifest.indexId();
  }

  /// Nodes of the index.
  public int nodeCount() {
    return (int) manifest.count();
  }
}
