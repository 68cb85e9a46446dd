package com.omendb.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The neighbours found by one search, nearest first, with exact distances, and what it cost.
///
/// Equal distances are ordered by lower id. Immutable and thread-safe.
public final class SearchResult {
  private final long[] ids;
  private final float[] distances;
  private final SearchStats stats;

  /// Takes ownership of both arrays, which must have one length and be in order.
  ///
  /// @param ids vectorIds of the neighbours, nearest first
  /// @param distances exact distances of the same neighbours
  /// @param stats what the search cost
  /// @throws IllegalArgumentException if their lengths differ
  public SearchResult(long[] ids, float[] distances, SearchStats stats) {
    if (ids.length != distances.length) {
      throw new IllegalArgumentException(
          "lengths differ: ids=" + ids.length + ", distances=" + distances.length);
    }
    this.ids = ids;
    this.distances = distances;
    this.stats = stats;
  }

  /// {@return neighbours found}
  public int count() {
    return ids.length;
  }

  /// {@return the vectorId of the neighbour at `rank`, 0 being the nearest}
  ///
  /// @param rank 0 for the nearest
  public long id(int rank) {
    return ids[rank];
  }

  /// {@return the exact distance of the neighbour at `rank`, in the index's metric}
  ///
  /// @param rank 0 for the nearest
  public float distance(int rank) {
    return distances[rank];
  }

  /// {@return the neighbours, nearest first}
  public List<Neighbour> neighbours() {
    List<Neighbour> neighbours = new ArrayList<>(ids.length);
    for (int rank = 0; rank < ids.length; rank++) {
      neighbours.add(new Neighbour(ids[rank], distances[rank]));
    }
    return neighbours;
  }

  /// {@return a copy of all ids, nearest first}
  public long[] ids() {
    return ids.clone();
  }

  /// {@return a copy of all exact distances, nearest first}
  public float[] distances() {
    return distances.clone();
  }

  /// {@return what the search cost}
  public SearchStats stats() {
    return stats;
  }

  /// Results are equal if they hold the same neighbours, whatever they cost.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SearchResult result
        && Arrays.equals(ids, result.ids)
        && Arrays.equals(distances, result.distances);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + Arrays.hashCode(distances);
  }

  @Override
  public String toString() {
    return "SearchResult[ids="
        + Arrays.toString(ids)
        + ", distances="
        + Arrays.toString(distances)
        + ", "
        + stats
        + "]";
  }
}
