package com.omendb.diskann.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: a list reads back as it was written, in as many bytes as measured, wherever it ends;
/// whatever the bytes are, reading gives a list in range or refuses, and looks at no byte outside
/// its memory; the chosen baseBits are the ones that give the shortest lists.
class NeighbourCodecTest {
  private static final int GUARD = 8;

  @Test
  void listsRoundTripInTheBytesMeasured() {
    SplittableRandom random = Seeds.random("listsRoundTripInTheBytesMeasured", 91);
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 3_000; round++) {
        int vertexCount = 1 + random.nextInt(1 << random.nextInt(1, 31));
        NeighbourCodec codec = new NeighbourCodec(vertexCount, random.nextInt(17));
        int[] list = randomList(random, vertexCount, random.nextInt(256));
        int bytes = codec.measure(list, list.length);
        assertTrue(bytes <= NeighbourCodec.maxBytes(list.length));
        // Exactly as long as the list, so that a word read near its end has to stay inside.
        MemorySegment memory = arena.allocate(GUARD + bytes, 1);
        long address = memory.address() + GUARD;
        assertEquals(address + bytes, codec.write(address, list, list.length));
        int[] read = new int[NeighbourCodec.MAX_DEGREE];
        assertEquals(list.length, codec.read(address, address + bytes, read));
        assertArrayEquals(list, Arrays.copyOf(read, list.length));
        assertEquals(bytes, codec.length(address));
        assertEquals(bytes, codec.checkedLength(address, address + bytes));
        if (list.length > 0) {
          assertEquals(-1, codec.read(address, address + bytes - 1, read), "one byte short");
        }
      }
    }
  }

  @Test
  void theEndsOfTheRangeRoundTrip() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(2_000);
      for (int vertexCount : new int[] {1, 2, 3, 65_536, Integer.MAX_VALUE}) {
        for (int baseBits : new int[] {0, 1, 16}) {
          NeighbourCodec codec = new NeighbourCodec(vertexCount, baseBits);
          for (int[] list : new int[][] {{}, {0}, {vertexCount - 1}, {0, vertexCount - 1}}) {
            int[] distinct = Arrays.stream(list).distinct().toArray();
            long end = codec.write(memory.address() + GUARD, distinct, distinct.length);
            int[] read = new int[NeighbourCodec.MAX_DEGREE];
            assertEquals(distinct.length, codec.read(memory.address() + GUARD, end, read));
            assertArrayEquals(distinct, Arrays.copyOf(read, distinct.length));
          }
        }
      }
    }
  }

  @Test
  void noiseGivesAListInRangeOrIsRefused() {
    SplittableRandom random = Seeds.random("noiseGivesAListInRangeOrIsRefused", 92);
    int refused = 0;
    try (Arena arena = Arena.ofConfined()) {
      for (int round = 0; round < 20_000; round++) {
        int bytes = 1 + random.nextInt(200);
        MemorySegment memory = arena.allocate(GUARD + bytes, 1);
        for (long at = GUARD; at < memory.byteSize(); at++) {
          memory.set(NativeMemory.BYTE, at, (byte) (random.nextInt() & random.nextInt(256)));
        }
        memory.set(NativeMemory.BYTE, GUARD, (byte) random.nextInt(40));
        int vertexCount = 1 + random.nextInt(1 << random.nextInt(1, 31));
        int[] read = new int[NeighbourCodec.MAX_DEGREE];
        long address = memory.address() + GUARD;
        int degree =
            new NeighbourCodec(vertexCount, random.nextInt(17))
                .read(address, address + bytes, read);
        refused += degree < 0 ? 1 : 0;
        for (int i = 0; i < degree; i++) {
          assertTrue(read[i] >= 0 && read[i] < vertexCount && (i == 0 || read[i] > read[i - 1]));
        }
      }
    }
    assertTrue(refused > 100 && refused < 19_900, "refused=" + refused);
  }

  @Test
  void theChosenBaseBitsGiveTheShortestLists() {
    SplittableRandom random = Seeds.random("theChosenBaseBitsGiveTheShortestLists", 93);
    for (int vertexCount : new int[] {100, 50_000, 1 << 30}) {
      NeighbourCodec.Chooser chooser = new NeighbourCodec.Chooser(vertexCount);
      int[][] lists = new int[50][];
      for (int i = 0; i < lists.length; i++) {
        lists[i] = randomList(random, vertexCount, 40);
        chooser.add(lists[i], lists[i].length);
      }
      long chosen = bytes(lists, new NeighbourCodec(vertexCount, chooser.baseBits()));
      for (int baseBits = 0; baseBits <= 16; baseBits++) {
        // Rounding up to bytes may favour another by a byte a list at most.
        long other = bytes(lists, new NeighbourCodec(vertexCount, baseBits));
        assertTrue(chosen <= other + lists.length, vertexCount + ", baseBits=" + baseBits);
      }
    }
  }

  @Test
  void unusableCodecsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new NeighbourCodec(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new NeighbourCodec(10, -1));
    assertThrows(IllegalArgumentException.class, () -> new NeighbourCodec(10, 17));
  }

  private static long bytes(int[][] lists, NeighbourCodec codec) {
    return Arrays.stream(lists).mapToLong(list -> codec.measure(list, list.length)).sum();
  }

  // Distinct vertices in ascending order, some close together and some far apart.
  private static int[] randomList(SplittableRandom random, int vertexCount, int degree) {
    int near = random.nextInt(vertexCount);
    return random
        .ints(Math.min(degree, vertexCount))
        .map(
            bits ->
                random.nextBoolean()
                    ? (bits >>> 1) % vertexCount
                    : (int) Math.min(vertexCount - 1L, near + ((bits >>> 1) % 64L)))
        .sorted()
        .distinct()
        .toArray();
  }
}
