package com.omendb.hnswif.layers;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Builds the upper layers of a hybrid index: levels are drawn geometrically (Malkov and Yashunin,
/// "HNSW", TPAMI 2020, Algorithm 1), and each layer is a navigable graph over its members, built
/// with the same pruning as the base layer.
///
/// A level is a function of the seed and the row, so it does not depend on the number of threads.
public final class LayerBuilder {
  /// Of so many nodes of a layer, one is drawn into the layer above: a sample of 1 to 2 % removes
  /// the reads of the approach, a larger one saves no more.
  static final int RATIO = 128;

  private static final int MAX_DEGREE = 24;
  private static final int BUILD_LIST_SIZE = 64;
  private static final float ALPHA = 1.2f;

  private final VectorSource rows;
  private final NodeOrder order;
  private final BuildOptions options;
  private final UUID indexId;
  private final Progress progress;

  /// A builder of the layers over a base layer.
  ///
  /// @param rows the vectors
  /// @param order which row each node is
  /// @param options as given by the user
  /// @param indexId of the index that is built
  /// @param progress to report to
  public LayerBuilder(
      VectorSource rows, NodeOrder order, BuildOptions options, UUID indexId, Progress progress) {
    this.rows = rows;
    this.order = order;
    this.options = options;
    this.indexId = indexId;
    this.progress = progress;
  }

  /// Bytes of the file of layers over such vectors, with the expected number of members.
  public static long expectedBytes(VectorShape vectors) {
    List<Long> counts = new ArrayList<>();
    for (long count = vectors.count() / RATIO; count > 0; count /= RATIO) {
      counts.add(count);
    }
    if (counts.isEmpty()) {
      counts.add(1L);
    }
    long[] memberCounts = counts.stream().mapToLong(Long::longValue).toArray();
    return FileHeader.BYTES
        + LayersFormat.rowsOffset(
            memberCounts, memberCounts.length, vectors.vectorBytes(), MAX_DEGREE);
  }

  /// A row and the highest layer that it is in.
  private record Member(long row, int level) {}

  /// Builds the layers and writes them as a file.
  ///
  /// @return settings of the manifest
  public Map<String, String> write(FileTarget file) throws IOException {
    List<Member> members = drawMembers();
    long[] memberCounts = countMembers(members);
    int vectorBytes = rows.vectorBytes();
    long bytes =
        LayersFormat.rowsOffset(memberCounts, memberCounts.length, vectorBytes, MAX_DEGREE);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment payload = arena.allocate(bytes, 64);
      copyMembers(members, payload);
      int entry = 0;
      for (int layer = 0; layer < memberCounts.length; layer++) {
        entry = buildLayer(layer, memberCounts, payload);
      }
      SegmentFile.write(
          file,
          LayersFormat.MAGIC,
          LayersFormat.VERSION,
          indexId,
          fields(memberCounts, entry),
          payload);
    }
    return settings(memberCounts.length, memberCounts[0]);
  }

  /// What a manifest says of layers.
  static Map<String, String> settings(long layerCount, long lowestMemberCount) {
    return Map.of(
        "upperLayers",
        String.valueOf(layerCount),
        "upperLayerNodes",
        String.valueOf(lowestMemberCount));
  }

  private List<Member> drawMembers() {
    List<Member> members = new ArrayList<>();
    for (long row = 0; row < rows.count(); row++) {
      int level = level(row, options.tuning().seed());
      if (level > 0) {
        members.add(new Member(row, level));
      }
    }
    if (members.isEmpty()) {
      members.add(new Member(0, 1));
    }
    // Stable, so members of one level stay in the order of their rows.
    members.sort(Comparator.comparingInt(Member::level).reversed());
    return members;
  }

  /// The highest layer of a row; most rows are in the base layer only, which is level 0.
  static int level(long row, long seed) {
    long z = seed + (row + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    double uniform = ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
    double level = -Math.log(1 - uniform) / Math.log(RATIO);
    return (int) Math.min(LayersFormat.MAX_LAYERS, level);
  }

  private static long[] countMembers(List<Member> members) {
    long[] counts = new long[members.getFirst().level()];
    for (Member member : members) {
      for (int layer = 0; layer < member.level(); layer++) {
        counts[layer]++;
      }
    }
    return counts;
  }

  private void copyMembers(List<Member> members, MemorySegment payload) {
    boolean unitLength = UnitLength.applies(options.metric(), rows.elementType());
    int vectorBytes = rows.vectorBytes();
    long offset = LayersFormat.vectorsOffset(members.size());
    for (int i = 0; i < members.size(); i++) {
      long row = members.get(i).row();
      payload.set(NativeMemory.INT, (long) i * Integer.BYTES, order.node((int) row));
      MemorySegment vector = payload.asSlice(offset + (long) i * vectorBytes, vectorBytes);
      MemorySegment.copy(rows.segment(), rows.offset(row), vector, 0, vectorBytes);
      if (unitLength) {
        UnitLength.normalize(vector, rows.dimension());
      }
    }
  }

  // Builds one layer into the payload and returns the member at which to enter it.
  private int buildLayer(int layer, long[] memberCounts, MemorySegment payload) {
    int count = (int) memberCounts[layer];
    int vectorBytes = rows.vectorBytes();
    VectorSource vectors =
        new VectorSource(
            payload,
            LayersFormat.vectorsOffset(memberCounts[0]),
            vectorBytes,
            count,
            rows.dimension(),
            rows.elementType());
    VamanaOptions layerOptions =
        new VamanaOptions(
            MAX_DEGREE, BUILD_LIST_SIZE, ALPHA, options.threads(), options.tuning().seed());
    try (Arena arena = Arena.ofShared()) {
      VamanaGraph graph =
          VamanaBuilder.build(
              new NodeSpace(vectors, options.metric(), arena),
              layerOptions,
              arena,
              "layer " + (layer + 1),
              progress);
      long at = LayersFormat.rowsOffset(memberCounts, layer, vectorBytes, MAX_DEGREE);
      int[] neighbours = new int[graph.adjacency().slots()];
      for (int member = 0; member < count; member++) {
        int degree = graph.adjacency().copy(member, neighbours);
        payload.set(NativeMemory.INT, at, degree);
        MemorySegment.copy(neighbours, 0, payload, NativeMemory.INT, at + Integer.BYTES, degree);
        at += LayersFormat.rowBytes(MAX_DEGREE);
      }
      return graph.medoid();
    }
  }

  private long[] fields(long[] memberCounts, int entry) {
    long[] fields = new long[LayersFormat.FIELD_FIRST_COUNT + memberCounts.length];
    fields[LayersFormat.FIELD_LAYER_COUNT] = memberCounts.length;
    fields[LayersFormat.FIELD_DIMENSION] = rows.dimension();
    fields[LayersFormat.FIELD_ELEMENT_TYPE] = rows.elementType().code();
    fields[LayersFormat.FIELD_METRIC] = options.metric().code();
    fields[LayersFormat.FIELD_MAX_DEGREE] = MAX_DEGREE;
    fields[LayersFormat.FIELD_ENTRY] = entry;
    System.arraycopy(memberCounts, 0, fields, LayersFormat.FIELD_FIRST_COUNT, memberCounts.length);
    return fields;
  }
}
