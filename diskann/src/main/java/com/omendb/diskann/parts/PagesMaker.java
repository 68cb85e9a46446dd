package com.omendb.diskann.parts;

import com.omendb.diskann.format.BasePagesWriter;
import com.omendb.diskann.format.PageDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes the pages of a base layer, and their directory.
///
/// @param pages the pages
/// @param directory their directory
record PagesMaker(PagesPart pages, DirectoryPart directory) implements PartMaker {
  @Override
  public String phase() {
    return "pages";
  }

  @Override
  public List<GraphPart<?>> parts() {
    return List.of(pages, directory);
  }

  @Override
  public boolean needsGraph() {
    return true;
  }

  @Override
  public boolean needsVectors(Set<GraphPart<?>> wanted) {
    return wanted.contains(pages);
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    if (wanted.contains(pages)) {
      PartInput.Graph graph = input.laidOutGraph();
      new BasePagesWriter(
              input.vectors(),
              input.options().metric(),
              graph.graph(),
              input.order(),
              graph.pageStarts(),
              graph.vectorIds())
          .write(input.file(pages), input.indexId(), graph.scratch(), input.progress())
          .write(input.file(directory), input.indexId());
    } else {
      writeDirectory(input);
    }
    return Map.of();
  }

  private void writeDirectory(PartInput input) throws IOException {
    BitSet firstNodes = input.old().firstNodes();
    if (firstNodes == null) {
      throw new IllegalStateException("a directory is made without pages");
    }
    try (Arena arena = input.arenas().get()) {
      PageDirectory.of(firstNodes, input.old().nodeCount(), arena)
          .write(input.file(directory), input.indexId());
    }
  }
}
