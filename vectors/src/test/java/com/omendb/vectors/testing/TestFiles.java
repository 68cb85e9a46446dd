package com.omendb.vectors.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Finds, damages, copies and compares the files of an index.
public final class TestFiles {
  private TestFiles() {}

  /// The file of this name of the only index in a directory.
  public static Path file(Path directory, String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  /// Flips bits of one byte of a file.
  public static void flip(Path file, long offset, int bits) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[Math.toIntExact(offset)] ^= (byte) bits;
    Files.write(file, bytes);
  }

  /// The bytes of every file below a directory by relative name.
  public static SortedMap<String, byte[]> snapshot(Path directory) throws IOException {
    TreeMap<String, byte[]> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.put(directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return bytes;
  }

  /// Fails unless two directories, as [#snapshot] gives them, hold the same files.
  public static void assertSame(
      SortedMap<String, byte[]> expected, SortedMap<String, byte[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
  }

  /// Fails unless the message of an exception contains `part`.
  public static void assertMentions(String part, Throwable e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part), message);
  }

  /// Copies a directory of files and sub-directories.
  public static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return to;
  }
}
