package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `omen plan`: the plan of a billion vectors is what was reviewed (`-Dgolden.update=true` rewrites
/// it); too little memory is exit code 1 with the plan printed; nothing is built.
final class PlanCommandTest {
  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "golden", "plan-billion.txt");

  @TempDir Path folder;

  @Test
  void theBillionIsPlannedAsReviewed() throws IOException {
    Run run =
        Run.omen(
            "plan",
            "--count",
            "1e9",
            "--dimension",
            128,
            "--type",
            "uint8",
            "--memory",
            "64GB",
            "--cores",
            32,
            "--read-iops",
            "1e6");
    assertEquals(0, run.exitCode(), run::toString);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(GOLDEN, run.out());
    }
    assertEquals(Files.readString(GOLDEN), run.out());
  }

  @Test
  void aFileIsPlannedAndTooLittleMemoryFails() {
    Path base = folder.resolve("base.u8bin");
    assertEquals(
        0, Run.omen("dataset", "synthetic", base, "--count", 2000, "--dimension", 16).exitCode());
    Path index = folder.resolve("index");
    Run run = Run.omen("plan", base, index, "--memory", "1GB", "--threads", 2, "--json");
    assertEquals(0, run.exitCode(), run::toString);
    Map<String, String> fields = JsonReader.object(run.out().stripTrailing());
    assertEquals(2000, JsonReader.number(fields, "count"));
    assertEquals("true", JsonReader.field(fields, "fitsDisk"));
    assertTrue(Files.notExists(index));
    Run refused = Run.omen("plan", base, index, "--memory", "1MB", "--threads", 2);
    assertEquals(1, refused.exitCode(), refused::toString);
    assertTrue(refused.out().contains("TOO LITTLE"), refused::toString);
    assertTrue(refused.err().contains("totalBytes=1000000"), refused::toString);
  }

  @Test
  void aPlanNeedsAFileOrACount() {
    assertEquals(2, Run.omen("plan").exitCode());
    assertEquals(2, Run.omen("plan", "--count", "many").exitCode());
  }
}
