package com.omendb.store.serving;

import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import java.util.Arrays;

/// The k nearest vectors seen so far, nearest first; equal distances by lower id. Distances are
/// compared as they were before they were rounded to floats. With each goes the page that it came
/// from. Reused from search to search. Not thread-safe.
public final class TopK {
  private long[] ids = new long[64];
  private double[] distances = new double[64];
  private int[] pages = new int[64];
  private int k;
  private int size;

  public void reset(int newK) {
    k = newK;
    size = 0;
    if (k > ids.length) {
      ids = new long[k];
      distances = new double[k];
      pages = new int[k];
    }
  }

  public int size() {
    return size;
  }

  /// The distance beyond which nothing more is taken.
  public double bound() {
    return size < k ? Double.POSITIVE_INFINITY : distances[size - 1];
  }

  /// Offers a vector, which must not have been offered before in this search.
  public void offer(long id, double distance, int page) {
    int at = size;
    while (at > 0 && isAfter(at - 1, id, distance)) {
      at--;
    }
    if (at == k) {
      return;
    }
    int moved = Math.min(size, k - 1) - at;
    System.arraycopy(ids, at, ids, at + 1, moved);
    System.arraycopy(distances, at, distances, at + 1, moved);
    System.arraycopy(pages, at, pages, at + 1, moved);
    ids[at] = id;
    pages[at] = page;
    distances[at] = distance;
    size = Math.min(k, size + 1);
  }

  /// Whether any of the vectors came from a page.
  public boolean hasFrom(int page) {
    for (int i = 0; i < size; i++) {
      if (pages[i] == page) {
        return true;
      }
    }
    return false;
  }

  public SearchResult result(SearchStats stats) {
    float[] rounded = new float[size];
    for (int i = 0; i < size; i++) {
      rounded[i] = (float) distances[i];
    }
    return new SearchResult(Arrays.copyOf(ids, size), rounded, stats);
  }

  private boolean isAfter(int position, long id, double distance) {
    return distances[position] > distance
        || (distances[position] == distance && ids[position] > id);
  }
}
