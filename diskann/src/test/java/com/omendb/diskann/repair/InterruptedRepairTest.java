package com.omendb.diskann.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.BuildInterruptedException;
import com.omendb.store.AnnIndex;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: a repair that is interrupted, in whatever phase, says so with the exception of the
/// contract, keeps the interrupt and publishes nothing; the same repair afterwards gives a whole
/// index.
@Timeout(120)
class InterruptedRepairTest {
  private static final RepairOptions OPTIONS = RepairOptions.builder().threads(2).build();

  @TempDir Path temporary;

  @Test
  void anInterruptInAnyPhaseEndsARepairAndNothingIsPublished() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(600, 48, ElementType.UINT8, 66, arena);
      Path damaged =
          TestIndexes.build(
              base,
              temporary.resolve("damaged"),
              TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
                  .maxDegree(12)
                  .tuning(t -> t.buildListSize(20).codes("pq:12"))
                  .build());
      TestFiles.flip(TestFiles.file(damaged, "base.pages"), 2 * 4096 + 100, 1);
      Files.delete(TestFiles.file(damaged, "codes-12.pq"));
      int interrupted = 0;
      int phase = 0;
      boolean all = false;
      while (!all) {
        Path repaired = temporary.resolve("repaired-" + phase);
        InterruptingProgress progress = new InterruptingProgress(phase++);
        try {
          AnnIndex.repair(damaged, repaired, Optional.of(base), OPTIONS, progress);
          // An interrupt at the very end comes too late; one that never came ends the test.
          assertEquals(progress.reached(), Thread.interrupted());
          assertTrue(AnnIndex.verify(repaired, VerifyOptions.full(), Progress.NONE).isWhole());
          all = !progress.reached();
        } catch (BuildInterruptedException e) {
          assertTrue(Thread.interrupted(), "the interrupt is pending");
          assertFalse(Files.exists(repaired.resolve(Manifest.FILE)));
          interrupted++;
        }
      }
      assertTrue(interrupted >= 3, "interrupted=" + interrupted + ", phases=" + phase);
    }
  }

  @Test
  void anInterruptThatIsPendingEndsARepairAtOnce() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(100, 8, ElementType.UINT8, 67, arena);
      Path index =
          TestIndexes.build(
              base,
              temporary.resolve("index"),
              TestIndexes.quickBuild("diskann", Metric.SQUARED_L2));
      Path repaired = temporary.resolve("repaired");
      Files.delete(TestFiles.file(index, "pages.dir"));
      Thread.currentThread().interrupt();
      try {
        assertThrows(
            BuildInterruptedException.class,
            () -> AnnIndex.repair(index, repaired, Optional.empty(), OPTIONS, Progress.NONE));
      } finally {
        assertTrue(Thread.interrupted(), "the interrupt is pending");
      }
      assertFalse(Files.exists(repaired.resolve(Manifest.FILE)));
    }
  }

  /// Interrupts the thread that begins one of the phases.
  private static final class InterruptingProgress implements Progress {
    private int left;

    InterruptingProgress(int phase) {
      this.left = phase;
    }

    boolean reached() {
      return left < 0;
    }

    @Override
    public void phase(String name, long total) {
      if (left-- == 0) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void advance(long units) {}
  }
}
