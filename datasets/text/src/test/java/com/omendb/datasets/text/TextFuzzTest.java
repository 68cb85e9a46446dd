package com.omendb.datasets.text;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.testing.SoundFiles;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.testing.Fuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged text files. Invariant: they are refused with an [java.io.IOException], or every element
/// can be read; memory does not follow the length of a line.
class TextFuzzTest {
  @TempDir Path folder;

  private void run(String extension, long seed, String... sound) {
    byte[][] bytes = new byte[sound.length][];
    for (int i = 0; i < sound.length; i++) {
      bytes[i] = sound[i].getBytes(StandardCharsets.UTF_8);
    }
    Path path = folder.resolve("x." + extension);
    Fuzz.of(extension, seed)
        .from(bytes)
        .damaging(TextFuzzTest::otherCharacter)
        .run(
            300,
            input -> {
              SoundFiles.write(path, input);
              try (VectorFile file = VectorFile.open(path)) {
                TestVectors.requireReadable(file.vectors());
              }
            });
  }

  /// Replaces a character by one that means something.
  private static byte[] otherCharacter(byte[] input, SplittableRandom random) {
    if (input.length > 0) {
      String characters = "[]{},:;\"'\\\n\r\t 019.eE-+u";
      input[random.nextInt(input.length)] =
          (byte) characters.charAt(random.nextInt(characters.length()));
    }
    return input;
  }

  @Test
  void jsonLines() {
    String deep = "[".repeat(5000) + "]".repeat(5000);
    run(
        "jsonl",
        521,
        "{\"id\":1,\"vector\":[1,2.5,-3e-4]}\n{\"vector\":[4,5,6],\"text\":\"\\u00e9\"}\n",
        "[1,2]\n[3,4]\n",
        "{\"vector\":[1],\"x\":" + deep.substring(4100, 5900) + "}\n");
  }

  @Test
  void separatedValues() {
    run(
        "csv",
        522,
        "id,vector\n1,\"[1, 2.5]\"\n2,\"[3,4]\"\n",
        "a,b,c\n1,2,3\n4,5,6\n",
        "vector\n1 2 3\n4 5 6\n");
  }
}
