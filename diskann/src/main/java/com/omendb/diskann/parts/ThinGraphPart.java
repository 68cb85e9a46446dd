package com.omendb.diskann.parts;

import com.omendb.diskann.layout.ThinGraph;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Set;

/// The graph over all nodes with fewer edges, [ThinGraph].
public final class ThinGraphPart extends ListsPart {
  // `sift-photo-1m`: 52.7 bytes a vector, less 2.1 for the look-up; 41.4 at 100,000.
  private static final EdgeBytes EDGES = new EdgeBytes(50.6, 3.43);

  ThinGraphPart() {}

  @Override
  public String name() {
    return "thin.graph";
  }

  @Override
  public String purpose() {
    return "thin graph";
  }

  @Override
  public String phase() {
    return "thin";
  }

  @Override
  long vertexCount(long nodeCount, long pageCount) {
    return nodeCount;
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    double share = Math.min(1.0, (double) options.maxDegree() / ThinGraph.MAX_DEGREE);
    return EdgeBytes.lists(vectors.count(), EDGES.at(vectors.count()) * share);
  }

  @Override
  public PartFacts facts(FileHeader header) {
    return IndexPart.isFlat(header, 3) ? PartFacts.ofCount(header.field(0)) : PartFacts.NONE;
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    PartInput.Graph graph = input.laidOutGraph();
    try (Arena arena = input.arenas().get()) {
      ThinGraph.of(
              graph.space(),
              graph.graph(),
              input.order(),
              input.options().threads(),
              input.progress(),
              arena)
          .write(input.file(this), input.indexId());
    }
    return Map.of();
  }
}
