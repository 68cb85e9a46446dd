package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `omen plan` and `omen build` with the same arguments, side by side: what the one refuses the
/// other refuses in the same words and with the same exit code; what the one takes the other does.
final class PlanRefusesTest {
  @TempDir Path folder;

  private Path base;
  private Path floats;
  private Path index;
  private int targets;

  @BeforeEach
  void makeFiles() {
    base = folder.resolve("base.u8bin");
    floats = folder.resolve("floats.fbin");
    index = folder.resolve("index");
    assertEquals(0, Run.omen(synthetic(base, "uint8")).exitCode());
    assertEquals(0, Run.omen(synthetic(floats, "float32")).exitCode());
    assertEquals(0, Run.omen("build", base, index).exitCode());
  }

  private static Object[] synthetic(Path path, String type) {
    return new Object[] {
      "dataset", "synthetic", path, "--count", 80, "--dimension", 8, "--type", type
    };
  }

  private Path fresh() {
    return folder.resolve("new-" + targets++);
  }

  /// Vectors of four floats.
  private Path fbin(String name, float... elements) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(elements.length / 4).putInt(4);
    for (float element : elements) {
      bytes.putFloat(element);
    }
    return Files.write(folder.resolve(name), bytes.array());
  }

  private List<Object[]> bad() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("a.txt"), "precious");
    Path uuids = Files.createDirectory(folder.resolve("uuids"));
    Files.createDirectory(uuids.resolve("123e4567-e89b-12d3-a456-426614174000"));
    Path notAManifest = Files.createDirectory(folder.resolve("no manifest"));
    Files.writeString(notAManifest.resolve("manifest.omen"), "precious");
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
    byte[] whole = Files.readAllBytes(base);
    Path cut = Files.write(folder.resolve("cut.u8bin"), Arrays.copyOf(whole, whole.length - 1));
    Path empty = Files.write(folder.resolve("empty.u8bin"), new byte[0]);
    Path unknown = Files.copy(base, folder.resolve("base.vec"));
    Path nan = fbin("nan.fbin", 1, 2, 3, 4, 1, Float.NaN, 3, 4);
    Path infinite = fbin("infinite.fbin", 1, 2, 3, 4, 1, Float.POSITIVE_INFINITY, 3, 4);
    Path zero = fbin("zero.fbin", 1, 2, 3, 4, 0, 0, 0, 0);
    List<Object[]> bad = new ArrayList<>();
    for (Path target : List.of(file, other, uuids, notAManifest, nowhere, file.resolve("below"))) {
      bad.add(new Object[] {base, target});
      bad.add(new Object[] {base, target, "--overwrite"});
    }
    bad.add(new Object[] {base, index});
    bad.add(new Object[] {base, index, "--resume"});
    for (Path source :
        List.of(cut, empty, unknown, folder, nowhere, folder.resolve("missing.fbin"))) {
      bad.add(new Object[] {source, fresh()});
    }
    bad.add(new Object[] {nan, fresh()});
    bad.add(new Object[] {infinite, fresh()});
    bad.add(new Object[] {zero, fresh(), "--metric", "cosine"});
    for (Object[] option :
        new Object[][] {
          {"--memory", "1MB"},
          {"--memory", "10kB"},
          {"--memory", "0"},
          {"--memory", "1XB"},
          {"--rows", "79:2"},
          {"--rows", "0:0"},
          {"--rows", "9:"},
          {"--kind", "cubist"},
          {"--metric", "hamming"},
          {"--method", "magic"},
          {"--max-degree", 3},
          {"--max-degree", 251},
          {"--build-list-size", 3},
          {"--alpha", 0.5},
          {"--alpha", "NaN"},
          {"--codes", "pq:9"},
          {"--codes", "pq:513"},
          {"--codes", "pq:0"},
          {"--codes", "pq"},
          {"--codes", "4"},
          {"--codes", "rot13:4"},
          {"--codes", "pq:4,"},
          {"--codes", ""},
          {"--pq-bytes", 9},
          {"--pq-bytes", -1},
          {"--threads", 0},
          {"--seed", "x"},
          {"--sped", 1}
        }) {
      bad.add(new Object[] {floats, fresh(), option[0], option[1]});
    }
    bad.add(new Object[] {floats, fresh(), "--codes", "pq:4", "--pq-bytes", 4});
    return bad;
  }

  @Test
  void whatABuildRefusesAPlanRefuses() throws IOException {
    for (Object[] arguments : bad()) {
      Run plan = run("plan", arguments);
      Run build = run("build", arguments);
      String what = Arrays.toString(arguments) + "\nplan: " + plan + "\nbuild: " + build;
      assertNotEquals(0, build.exitCode(), what);
      assertEquals(build.exitCode(), plan.exitCode(), what);
      assertEquals(build.err().replace("omen build", "omen plan"), plan.err(), what);
    }
  }

  @Test
  void whatABuildTakesAPlanTakes() throws IOException {
    Path zero = fbin("zero.fbin", 1, 2, 3, 4, 0, 0, 0, 0);
    List<Object[]> good =
        List.of(
            new Object[] {floats, fresh()},
            new Object[] {floats, fresh(), "--rows", "79:1"},
            new Object[] {floats, fresh(), "--metric", "cosine", "--pq-bytes", 8},
            new Object[] {floats, fresh(), "--codes", "pq:8"},
            new Object[] {floats, fresh(), "--codes", "pq:8,pq:2,pq:8"},
            new Object[] {floats, Files.createDirectory(fresh())},
            new Object[] {floats, fresh().resolve("deep/er"), "--resume"},
            new Object[] {zero, fresh()},
            new Object[] {base, index, "--overwrite"});
    for (Object[] arguments : good) {
      for (String command : List.of("plan", "build")) {
        Run run = run(command, arguments);
        assertEquals(0, run.exitCode(), () -> command + Arrays.toString(arguments) + run);
      }
    }
    assertTrue(Files.exists(index.resolve("manifest.omen")));
  }

  private static Run run(String command, Object... arguments) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(Arrays.asList(arguments));
    words.add("-q");
    return Run.omen(words.toArray());
  }
}
