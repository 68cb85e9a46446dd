package com.omendb.hnswif.layers;

import com.omendb.diskann.search.EntrySelector;
import com.omendb.diskann.search.ExactDistance;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.HeaderFields;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;

/// The upper layers, in memory, of a hybrid index: a greedy descent with exact distances from the
/// top layer to layer 1 (Malkov and Yashunin, "HNSW", TPAMI 2020, Algorithm 5) gives the entry node
/// of a search, without reading a page.
///
/// Immutable and thread-safe; lives as long as the arena of its memory.
public final class UpperLayers implements EntrySelector {
  // One entry node costs the fewest page reads; a list of this length finds it reliably.
  private static final int LIST_SIZE = 8;
  private static final int ENTRY_COUNT = 1;

  private final MemorySegment payload;
  private final ExactDistance exactDistance;
  private final long[] memberCounts;
  private final long[] rowsOffsets;
  private final int vectorBytes;
  private final int maxDegree;
  private final int entry;

  private UpperLayers(SegmentFile.Content file, Manifest manifest) {
    long[] fields = file.header().fields();
    this.payload = file.payload();
    this.vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
    this.maxDegree = (int) fields[LayersFormat.FIELD_MAX_DEGREE];
    this.entry = (int) fields[LayersFormat.FIELD_ENTRY];
    int layers = (int) fields[LayersFormat.FIELD_LAYER_COUNT];
    this.memberCounts =
        Arrays.copyOfRange(
            fields, LayersFormat.FIELD_FIRST_COUNT, LayersFormat.FIELD_FIRST_COUNT + layers);
    this.rowsOffsets = new long[layers];
    for (int layer = 0; layer < layers; layer++) {
      rowsOffsets[layer] = LayersFormat.rowsOffset(memberCounts, layer, vectorBytes, maxDegree);
    }
    this.exactDistance = new ExactDistance(manifest.space());
  }

  /// Reads the layers into memory and checks them against the index.
  ///
  /// @throws CorruptFileException if they do not fit it
  public static UpperLayers read(Path path, Manifest manifest, Arena arena) throws IOException {
    return of(
        SegmentFile.read(
            path, LayersFormat.MAGIC, LayersFormat.VERSION, LayersFormat.VERSION, arena),
        path,
        manifest);
  }

  static UpperLayers of(SegmentFile.Content file, Path path, Manifest manifest)
      throws CorruptFileException {
    requirePlausible(path, file, manifest);
    UpperLayers layers = new UpperLayers(file, manifest);
    layers.requireMembersInRange(path, manifest.count());
    return layers;
  }

  private static void requirePlausible(Path path, SegmentFile.Content file, Manifest manifest)
      throws CorruptFileException {
    long[] fields =
        HeaderFields.require(
            file.header(), manifest.indexId(), LayersFormat.FIELD_FIRST_COUNT + 1, path);
    if (!LayersFormat.fits(fields, file.payload().byteSize(), manifest)) {
      throw new CorruptFileException(
          "upper layers do not match the index",
          path,
          0,
          "dimension=" + manifest.dimension() + ", count=" + manifest.count(),
          Arrays.toString(fields));
    }
  }

  // Members and degrees become offsets and addresses: none is trusted before this check.
  private void requireMembersInRange(Path path, long nodeCount) throws CorruptFileException {
    for (long member = 0; member < memberCounts[0]; member++) {
      long node = payload.getAtIndex(NativeMemory.INT, member);
      if (node < 0 || node >= nodeCount) {
        throw outOfRange(path, member * Integer.BYTES, nodeCount, node);
      }
    }
    for (int layer = 0; layer < memberCounts.length; layer++) {
      long at = rowsOffsets[layer];
      for (long member = 0; member < memberCounts[layer]; member++) {
        int degree = payload.get(NativeMemory.INT, at);
        if (degree < 0 || degree > maxDegree) {
          throw outOfRange(path, at, maxDegree + 1L, degree);
        }
        for (int i = 1; i <= degree; i++) {
          int neighbour = payload.get(NativeMemory.INT, at + (long) i * Integer.BYTES);
          if (neighbour < 0 || neighbour >= memberCounts[layer]) {
            throw outOfRange(path, at + (long) i * Integer.BYTES, memberCounts[layer], neighbour);
          }
        }
        at += LayersFormat.rowBytes(maxDegree);
      }
    }
  }

  private static CorruptFileException outOfRange(Path path, long offset, long limit, long actual) {
    return new CorruptFileException(
        "upper layers hold a number out of range", path, offset, "below " + limit, "" + actual);
  }

  @Override
  public Finder newFinder() {
    return new Descent();
  }

  /// Descends for one query after another on one thread.
  private final class Descent implements Finder {
    private final CandidateList candidates = new CandidateList(LIST_SIZE);
    private final NodeSet seen = new NodeSet(1024);
    private final int[] members = new int[maxDegree];
    private final float[] distances = new float[maxDegree];
    private int distanceCount;

    @Override
    public int find(long queryAddress, int[] entries) {
      distanceCount = 0;
      int nearest = entry;
      for (int layer = memberCounts.length - 1; layer >= 0; layer--) {
        search(queryAddress, layer, nearest, layer == 0 ? LIST_SIZE : 1);
        nearest = candidates.node(0);
      }
      int count = Math.min(Math.min(ENTRY_COUNT, entries.length), candidates.size());
      for (int i = 0; i < count; i++) {
        entries[i] = payload.getAtIndex(NativeMemory.INT, candidates.node(i));
      }
      return count;
    }

    @Override
    public int distanceCount() {
      return distanceCount;
    }

    private void search(long queryAddress, int layer, int from, int listSize) {
      candidates.reset(listSize);
      seen.clear();
      seen.add(from);
      members[0] = from;
      score(queryAddress, 1);
      for (int at = candidates.nearestUnexpanded(); at >= 0; at = candidates.nearestUnexpanded()) {
        candidates.markExpanded(at);
        score(queryAddress, freshNeighbours(layer, candidates.node(at)));
      }
    }

    private int freshNeighbours(int layer, int member) {
      long row = rowsOffsets[layer] + member * LayersFormat.rowBytes(maxDegree);
      int degree = payload.get(NativeMemory.INT, row);
      int fresh = 0;
      for (int i = 1; i <= degree; i++) {
        int neighbour = payload.get(NativeMemory.INT, row + (long) i * Integer.BYTES);
        if (seen.add(neighbour)) {
          members[fresh++] = neighbour;
        }
      }
      return fresh;
    }

    private void score(long queryAddress, int count) {
      long vectors = payload.address() + LayersFormat.vectorsOffset(memberCounts[0]);
      exactDistance.between(queryAddress, vectors, vectorBytes, members, count, distances);
      distanceCount += count;
      for (int i = 0; i < count; i++) {
        candidates.add(members[i], distances[i]);
      }
    }
  }
}
