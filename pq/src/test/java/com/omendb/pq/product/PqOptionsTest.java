package com.omendb.pq.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PqOptionsTest {

  @Test
  void copiesChangeOnePartEach() {
    PqOptions options = PqOptions.of(8);
    assertEquals(8, options.subspaceCount());
    assertEquals(50_000, options.sampleCount());
    assertEquals(12, options.iterations());
    assertEquals(
        new PqOptions(8, 5, 6, 7, 3, true),
        options
            .withSampleCount(5)
            .withIterations(6)
            .withSeed(7)
            .withThreads(3)
            .withNormalize(true));
  }

  @Test
  void refusesPartsOutOfRange() {
    PqOptions options = PqOptions.of(8);
    assertRefused("subspaceCount=0", () -> PqOptions.of(0));
    assertRefused("subspaceCount=8193", () -> PqOptions.of(8193));
    assertRefused("sampleCount=0", () -> options.withSampleCount(0));
    assertRefused("iterations=0", () -> options.withIterations(0));
    assertRefused("threads=-1", () -> options.withThreads(-1));
  }

  private static void assertRefused(String ending, Runnable action) {
    Exception e = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(String.valueOf(e.getMessage()).endsWith(ending), e.getMessage());
  }
}
