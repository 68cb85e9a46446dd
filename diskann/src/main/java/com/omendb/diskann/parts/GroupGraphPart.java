package com.omendb.diskann.parts;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Set;

/// The graph over groups of nodes, [GroupGraph].
public final class GroupGraphPart extends ListsPart {
  // `sift-photo-1m`: 10.07 bytes a vector, less the look-up; 8.03 at 100,000. By group of four.
  private static final EdgeBytes EDGES = new EdgeBytes(38.15, 2.45);

  GroupGraphPart() {}

  @Override
  public String name() {
    return "groups.graph";
  }

  @Override
  public String purpose() {
    return "group graph";
  }

  @Override
  public String phase() {
    return "groups";
  }

  @Override
  long vertexCount(long nodeCount, long pageCount) {
    return GroupGraph.groupCount(nodeCount);
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return EdgeBytes.lists(GroupGraph.groupCount(vectors.count()), EDGES.at(vectors.count()));
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    try (Arena arena = input.arenas().get()) {
      GroupGraph.of(
              input.vectors(),
              input.options().metric(),
              input.laidOutGraph().graph(),
              input.order(),
              input.options().threads(),
              input.progress(),
              arena)
          .write(input.file(this), input.indexId());
    }
    return Map.of();
  }
}
