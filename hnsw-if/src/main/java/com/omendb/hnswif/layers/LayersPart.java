package com.omendb.hnswif.layers;

import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PageComparison;
import com.omendb.diskann.parts.PartCheck;
import com.omendb.diskann.parts.PartFacts;
import com.omendb.diskann.parts.PartInput;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.parts.PartOpening;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Placement;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The upper layers of a hybrid index as a part of it, [UpperLayers].
public final class LayersPart implements GraphPart<UpperLayers>, PartMaker {
  /// The part of any index.
  public LayersPart() {}

  @Override
  public String name() {
    return "layers.hnsw";
  }

  @Override
  public String magic() {
    return LayersFormat.MAGIC;
  }

  @Override
  public int version() {
    return LayersFormat.VERSION;
  }

  @Override
  public Placement placement() {
    return Placement.RESIDENT;
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, LayersFormat.FIELD_FIRST_COUNT + 1)
        && LayersFormat.fits(header.fields(), header.payloadBytes(), manifest);
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return LayerBuilder.expectedBytes(vectors);
  }

  @Override
  public UpperLayers open(PartOpening opening) throws IOException {
    return UpperLayers.read(opening.path(this), opening.manifest(), opening.arena());
  }

  @Override
  public Reading reading() {
    return Reading.WHOLE;
  }

  @Override
  public PageComparison check(PartCheck check) throws IOException {
    return new LayersCheck(check).run();
  }

  @Override
  public PartFacts facts(FileHeader header) {
    if (!IndexPart.isFlat(header, LayersFormat.FIELD_FIRST_COUNT + 1)) {
      return PartFacts.NONE;
    }
    return new PartFacts(
        0,
        header.field(LayersFormat.FIELD_DIMENSION),
        header.field(LayersFormat.FIELD_ELEMENT_TYPE),
        header.field(LayersFormat.FIELD_METRIC),
        LayerBuilder.settings(
            header.field(LayersFormat.FIELD_LAYER_COUNT),
            header.field(LayersFormat.FIELD_FIRST_COUNT)));
  }

  @Override
  public String phase() {
    return "layers";
  }

  @Override
  public List<GraphPart<?>> parts() {
    return List.of(this);
  }

  @Override
  public boolean needsGraph() {
    return false;
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    return new LayerBuilder(
            input.vectors(), input.order(), input.options(), input.indexId(), input.progress())
        .write(input.file(this));
  }
}
