package com.omendb.datasets.truth;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.testing.SoundFiles;
import com.omendb.vectors.testing.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged ground truths. Invariant: one is refused with an [IOException], or every number that it
/// then promises can be read.
class GroundTruthFuzzTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 5;

  @TempDir Path folder;

  @Test
  void groundTruths() throws IOException {
    Path ids = folder.resolve("truth.ibin");
    Path distances = folder.resolve("truth.distances.fbin");
    byte[] first = SoundFiles.sound(VectorFormat.IBIN, ROWS, COLUMNS);
    byte[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(
        SoundFiles.sound(VectorFormat.FBIN, ROWS, COLUMNS), 0, both, first.length, first.length);
    Fuzz.of("ground-truth", 504)
        .from(both)
        .run(
            60,
            input -> {
              int split = Math.min(first.length, input.length);
              SoundFiles.write(ids, Arrays.copyOf(input, split));
              SoundFiles.write(distances, Arrays.copyOfRange(input, split, input.length));
              requireReadable(GroundTruth.read(ids));
            });
    byte[] joined = Arrays.copyOf(first, 2 * first.length - 8);
    System.arraycopy(both, first.length + 8, joined, first.length, first.length - 8);
    Files.deleteIfExists(distances);
    for (String name : new String[] {"joined.ibin", "joined", "joined.ibin.gz"}) {
      Fuzz.of("joined-truth" + name.substring(6).replace('.', '-'), 508)
          .from(joined, first)
          .mending(input -> mendJoined(input))
          .run(
              60,
              input ->
                  requireReadable(
                      GroundTruth.read(
                          SoundFiles.write(
                              folder.resolve(name),
                              name.endsWith("gz") ? SoundFiles.gzip(input) : input))));
    }
  }

  /// Makes the length agree with a header that promises rows and distances.
  private static byte[] mendJoined(byte[] input) {
    byte[] rows = SoundFiles.mend(VectorFormat.IBIN, input);
    return rows.length < 9 || rows.length > 1 << 16
        ? rows
        : Arrays.copyOf(rows, 2 * rows.length - 8);
  }

  private static void requireReadable(GroundTruth truth) {
    double sum = 0;
    for (long query = 0; query < truth.queryCount(); query++) {
      sum += truth.count(query);
      for (int rank = 0; rank < truth.k(); rank++) {
        sum += Math.abs(0.0 + truth.id(query, rank));
        sum += truth.hasDistances() ? Math.abs(truth.distance(query, rank)) : 0;
      }
    }
    assertTrue(sum >= 0 || Double.isNaN(sum));
  }
}
