package com.omendb.diskann.leaf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what is read of a node is the nearest of all that was added, each candidate once,
/// ordered by distance and then by node; the same whether everything stayed in memory, was reduced
/// on the way or went through the scratch file, and in whatever order and by however many sinks it
/// was added; no scratch file is left.
class CandidateBucketsTest {
  private static final int NODES = 9_000;
  private static final int KEEP = 20;
  private static final long PLENTY = 1L << 30;

  // For one bucket of 4096 nodes and one of 2 kept candidates each, with chunks of 4 KiB.
  private static final long ENOUGH_WHEN_REDUCED = 3L * 4096 * Records.bytes(KEEP) * 2;
  private static final long TOO_LITTLE = 64_000;

  @TempDir private Path directory;

  @Test
  void theNearestAreReadWhereverTheyWere() throws IOException {
    long seed = Seeds.seed("theNearestAreReadWhereverTheyWere", 51);
    int[][] expected = byDefinition(seed);
    try (CandidateBuckets inMemory = filled(PLENTY, seed, 1)) {
      assertEquals(0, inMemory.reductions());
      assertRead(expected, inMemory);
    }
    try (CandidateBuckets reduced = filled(ENOUGH_WHEN_REDUCED, seed, 1)) {
      assertTrue(reduced.reductions() > 0);
      assertEquals(0, reduced.spilledBytes());
      assertRead(expected, reduced);
    }
    try (CandidateBuckets spilled = filled(TOO_LITTLE, seed, 1)) {
      assertTrue(spilled.spilledBytes() > 0);
      assertRead(expected, spilled);
    }
    try (CandidateBuckets ofManySinks = filled(TOO_LITTLE, seed, 3)) {
      assertRead(expected, ofManySinks);
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void bucketsCanShareTheMemoryOfOthers() {
    long seed = Seeds.seed("bucketsCanShareTheMemoryOfOthers", 52);
    int[][] expected = byDefinition(seed);
    try (CandidateBuckets first = filled(ENOUGH_WHEN_REDUCED, seed, 1);
        CandidateBuckets second = new CandidateBuckets(first, KEEP, directory.resolve("second"))) {
      CandidateBuckets.Reader reader = first.newReader();
      CandidateSink sink = second.newSink();
      int[] candidates = new int[KEEP];
      float[] distances = new float[KEEP];
      for (int i = 0; i < KEEP; i++) {
        distances[i] = i;
      }
      for (int bucket = 0; bucket < first.bucketCount(); bucket++) {
        reader.open(bucket);
        for (int node = first.firstNode(bucket); node < first.endNode(bucket); node++) {
          sink.add(node, candidates, distances, reader.read(node, candidates));
        }
        reader.release(bucket);
      }
      sink.close();
      assertRead(expected, second);
    }
  }

  @Test
  void nodesWithoutCandidatesReadNone() {
    try (CandidateBuckets buckets =
        new CandidateBuckets(1, 5, PLENTY, 1, directory.resolve("none"))) {
      buckets.newSink().close();
      CandidateBuckets.Reader reader = buckets.newReader();
      reader.open(0);
      assertEquals(1, buckets.bucketCount());
      assertEquals(1, buckets.endNode(0));
      assertEquals(0, reader.read(0, new int[5]));
    }
  }

  @Test
  void longListsOfCandidatesAreSplitIntoRecords() {
    try (CandidateBuckets buckets =
        new CandidateBuckets(10, 600, PLENTY, 1, directory.resolve("long"))) {
      int[] candidates = new int[600];
      float[] distances = new float[600];
      for (int i = 0; i < 600; i++) {
        candidates[i] = 1_000 + i;
        distances[i] = 600 - i;
      }
      try (CandidateSink sink = buckets.newSink()) {
        sink.add(3, candidates, distances, 600);
      }
      CandidateBuckets.Reader reader = buckets.newReader();
      reader.open(0);
      int[] read = new int[600];
      assertEquals(600, reader.read(3, read));
      assertEquals(1_599, read[0]);
      assertEquals(0, reader.read(4, read));
    }
  }

  private CandidateBuckets filled(long memoryBytes, long seed, int sinks) {
    CandidateBuckets buckets =
        new CandidateBuckets(NODES, KEEP, memoryBytes, sinks, directory.resolve("scratch"));
    List<CandidateSink> open = new ArrayList<>();
    for (int i = 0; i < sinks; i++) {
      open.add(buckets.newSink());
    }
    generate(
        seed,
        (node, candidates, distances, count) ->
            open.get(candidates[0] % sinks).add(node, candidates, distances, count));
    open.forEach(CandidateSink::close);
    return buckets;
  }

  private static void assertRead(int[][] expected, CandidateBuckets buckets) {
    CandidateBuckets.Reader reader = buckets.newReader();
    int[] candidates = new int[KEEP];
    for (int bucket = buckets.bucketCount() - 1; bucket >= 0; bucket--) {
      reader.open(bucket);
      for (int node = buckets.firstNode(bucket); node < buckets.endNode(bucket); node++) {
        int count = reader.read(node, candidates);
        assertArrayEquals(expected[node], Arrays.copyOf(candidates, count), "node=" + node);
      }
      reader.release(bucket);
    }
  }

  private static int[][] byDefinition(long seed) {
    List<Map<Integer, Integer>> all = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      all.add(new HashMap<>());
    }
    generate(
        seed,
        (node, candidates, distances, count) -> {
          for (int i = 0; i < count; i++) {
            all.get(node).merge(candidates[i], Records.shortened(distances[i]), Math::min);
          }
        });
    int[][] nearest = new int[NODES][];
    for (int node = 0; node < NODES; node++) {
      nearest[node] =
          all.get(node).entrySet().stream()
              .sorted(
                  Map.Entry.<Integer, Integer>comparingByValue()
                      .thenComparing(Map.Entry.comparingByKey()))
              .limit(KEEP)
              .mapToInt(Map.Entry::getKey)
              .toArray();
    }
    return nearest;
  }

  private interface Taker {
    void add(int node, int[] candidates, float[] distances, int count);
  }

  private static void generate(long seed, Taker taker) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] candidates = new int[12];
    float[] distances = new float[12];
    for (int i = 0; i < 15 * NODES; i++) {
      int node = random.nextInt(NODES);
      int count = random.nextInt(1, 13);
      for (int j = 0; j < count; j++) {
        candidates[j] = random.nextInt(node % 100 + 1) * 1_000_003;
        distances[j] = random.nextInt(3) == 0 ? 0 : random.nextFloat() * 1e6f;
      }
      taker.add(node, candidates, distances, count);
    }
  }
}
