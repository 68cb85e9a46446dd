package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Invariants: a row holds what was set and appended, and never more than its slots; rows do not
/// touch each other; of concurrent appends under the lock none is lost or torn; a reader without
/// the lock sees valid nodes only.
class AdjacencyTest {
  private static final int THREADS = 4;

  @Test
  void rowsHoldWhatWasWrittenAndNothingOfTheirNeighbours() {
    SplittableRandom random = Seeds.random("rowsHoldWhatWasWrittenAndNothingOfTheirNeighbours", 10);
    try (Arena arena = Arena.ofConfined()) {
      int slots = 7;
      Adjacency graph = new Adjacency(arena, 50, 5, slots);
      List<List<Integer>> reference = new ArrayList<>();
      for (int node = 0; node < 50; node++) {
        assertEquals(0, graph.degree(node));
        reference.add(new ArrayList<>());
      }
      for (int round = 0; round < 5_000; round++) {
        int node = random.nextInt(50);
        List<Integer> row = reference.get(node);
        graph.lock(node);
        if (random.nextInt(5) == 0) {
          int[] neighbours = random.ints(random.nextInt(slots + 1), 0, 50).toArray();
          graph.set(node, neighbours, neighbours.length);
          row.clear();
          Arrays.stream(neighbours).forEach(row::add);
        } else {
          int neighbour = random.nextInt(50);
          assertEquals(row.size() < slots, graph.append(node, neighbour));
          if (row.size() < slots) {
            row.add(neighbour);
          }
        }
        graph.unlock(node);
      }
      for (int node = 0; node < 50; node++) {
        int[] copy = new int[slots];
        assertEquals(reference.get(node).size(), graph.degree(node));
        int degree = graph.copy(node, copy);
        int[] expected = reference.get(node).stream().mapToInt(Integer::intValue).toArray();
        assertArrayEquals(expected, Arrays.copyOf(copy, degree));
        for (int other = 0; other < 50; other++) {
          assertEquals(reference.get(node).contains(other), graph.contains(node, other));
        }
      }
    }
  }

  @Test
  void theDegreeIsTheSameWhileTheRowIsLocked() {
    try (Arena arena = Arena.ofConfined()) {
      Adjacency graph = new Adjacency(arena, 2, 2, 3);
      graph.lock(1);
      assertTrue(graph.append(1, 0));
      assertEquals(1, graph.degree(1));
      assertEquals(1, graph.copy(1, new int[3]));
      assertTrue(graph.contains(1, 0));
      graph.unlock(1);
      assertEquals(1, graph.degree(1));
      assertFalse(graph.contains(0, 0));
    }
  }

  @Test
  @Timeout(60)
  void concurrentAppendsAreAllThereAndReadersSeeOnlyValidNodes() throws Exception {
    int nodes = 8;
    int perThread = 500;
    try (Arena arena = Arena.ofShared();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS + 1)) {
      Adjacency graph = new Adjacency(arena, nodes, THREADS * perThread, THREADS * perThread);
      List<Future<?>> writers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = 1 + t * perThread;
        writers.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < perThread; i++) {
                    for (int node = 0; node < nodes; node++) {
                      graph.lock(node);
                      assertTrue(graph.append(node, first + i));
                      graph.unlock(node);
                    }
                  }
                }));
      }
      Future<?> reader =
          executor.submit(
              () -> {
                int[] row = new int[THREADS * perThread];
                int degree = 0;
                while (degree < THREADS * perThread && !allDone(writers)) {
                  degree = graph.copy(0, row);
                  for (int i = 0; i < degree; i++) {
                    // Zero would be a slot that was not written yet.
                    assertTrue(row[i] >= 1 && row[i] <= THREADS * perThread, "node=" + row[i]);
                  }
                }
              });
      for (Future<?> writer : writers) {
        writer.get();
      }
      reader.get();
      for (int node = 0; node < nodes; node++) {
        int[] row = new int[THREADS * perThread];
        assertEquals(row.length, graph.copy(node, row));
        assertEquals(row.length, Arrays.stream(row).distinct().count());
      }
    }
  }

  private static boolean allDone(List<Future<?>> futures) {
    return futures.stream().allMatch(Future::isDone);
  }

  @Test
  @Timeout(60)
  void theLockExcludes() throws Exception {
    int rounds = 20_000;
    try (Arena arena = Arena.ofShared();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      Adjacency graph = new Adjacency(arena, 1, 1, 1);
      // Not atomic: it is right in the end only if no two threads were inside at one time.
      int[] counter = new int[1];
      List<Future<?>> workers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        workers.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    graph.lock(0);
                    counter[0]++;
                    graph.unlock(0);
                  }
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
      assertEquals(THREADS * rounds, counter[0]);
    }
  }

  /// Many more threads than cores, of which the holder now and then gives its core away.
  @Test
  @Timeout(60)
  void oneThreadAtATimeHoldsARowHoweverManyWait() throws Exception {
    int threads = 32;
    int rounds = 400;
    try (Arena arena = Arena.ofShared();
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      Adjacency graph = new Adjacency(arena, 3, 4, 4);
      // Plain numbers: an update is lost as soon as two threads hold the row.
      int[] counts = new int[2];
      List<Future<?>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int node = thread % 2;
        tasks.add(
            pool.submit(
                () -> {
                  for (int round = 0; round < rounds; round++) {
                    graph.lock(node);
                    int count = counts[node];
                    if (round % 16 == 0) {
                      LockSupport.parkNanos(1);
                    }
                    counts[node] = count + 1;
                    graph.unlock(node);
                  }
                }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
      assertEquals(threads / 2 * rounds, counts[0]);
      assertEquals(threads / 2 * rounds, counts[1]);
    }
  }

  /// A thread that waits for long, past spinning, still gets the row, and an interrupt stays
  /// pending.
  @Test
  @Timeout(60)
  void whoWaitsForLongGetsTheRow() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      Adjacency graph = new Adjacency(arena, 1, 4, 4);
      graph.lock(0);
      FutureTask<Boolean> waiting =
          new FutureTask<>(
              () -> {
                graph.lock(0);
                graph.append(0, 0);
                graph.unlock(0);
                return Thread.currentThread().isInterrupted();
              });
      Thread waiter = Thread.ofPlatform().start(waiting);
      while (waiter.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      waiter.interrupt();
      assertEquals(0, graph.degree(0));
      graph.unlock(0);
      assertTrue(waiting.get());
      assertEquals(1, graph.degree(0));
    }
  }
}
