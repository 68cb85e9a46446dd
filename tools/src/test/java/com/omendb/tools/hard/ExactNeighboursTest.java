package com.omendb.tools.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.hard.HardFamilies;
import com.omendb.vectors.testing.hard.HardFamily;
import com.omendb.vectors.testing.hard.HardVectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExactNeighboursTest {
  private static final int K = 10;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clusters/of-50-apart-1000",
        "ip/lognormal-1.0",
        "dense/cosine-64",
        "cosine/int8-short-and-long",
        "copies/of-10-50%",
        "near-copies/uint8-of-10-50%-steps-1"
      })
  void theGroundTruthOfTheProjectFindsAllOfThem(String name) {
    HardFamily family = HardFamilies.named(name);
    try (Arena arena = Arena.ofShared()) {
      HardVectors vectors = family.generate(1_000, 30, 3, arena);
      ExactNeighbours exact = new ExactNeighbours(vectors, family.metric(), K);
      GroundTruth truth =
          GroundTruth.compute(
              vectors.base(), vectors.queries(), family.metric(), K, 1, Progress.NONE);
      for (int query = 0; query < exact.queryCount(); query++) {
        long[] ids = new long[K];
        for (int rank = 0; rank < K; rank++) {
          ids[rank] = truth.id(query, rank);
        }
        assertEquals(K, exact.hits(query, result(ids)), name + ", query=" + query);
      }
    }
  }

  @Test
  void equallyNearVectorsCountAndFartherOnesAndRepeatsDoNot() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocate(6);
      line.copyFrom(MemorySegment.ofArray(new byte[] {10, 10, 10, 11, 12, 13}));
      MemorySegment at = arena.allocate(1);
      at.set(ValueLayout.JAVA_BYTE, 0, (byte) 10);
      HardVectors vectors =
          new HardVectors(
              VectorSource.dense(line, 6, 1, ElementType.UINT8),
              VectorSource.dense(at, 1, 1, ElementType.UINT8));
      ExactNeighbours exact = new ExactNeighbours(vectors, Metric.SQUARED_L2, 2);
      assertEquals(2, exact.hits(0, result(2, 1)));
      assertEquals(1, exact.hits(0, result(0, 3)));
      assertEquals(1, exact.hits(0, result(0, 0)));
      assertEquals(0, exact.hits(0, result(4, 5)));
    }
  }

  private static SearchResult result(long... ids) {
    return new SearchResult(ids, new float[ids.length], SearchStats.builder().build());
  }
}
