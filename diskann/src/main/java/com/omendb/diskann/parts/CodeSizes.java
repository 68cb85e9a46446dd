package com.omendb.diskann.parts;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.directory.Manifest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The sizes of code that an index keeps: serving picks the best that its memory allows.
public final class CodeSizes {
  /// Name of the manifest's setting: subspaceCounts, ascending, separated by commas.
  public static final String SETTING = "subspaceCounts";

  // Codes beyond this gain little over reading more pages, however long the vectors.
  private static final int MAX_SMALLEST = 64;

  private static final int MAX_SIZE = 512;

  private CodeSizes() {}

  /// The sizes to build: the one asked for, or else a quarter, three eighths and a half of the
  /// dimension, within reason.
  ///
  /// @throws IllegalArgumentException if more subspaces are asked for than there are dimensions
  public static int[] of(int dimension, int asked) {
    if (asked > dimension) {
      throw new IllegalArgumentException(
          "subspaceCount is larger than the dimension: subspaceCount="
              + asked
              + ", dimension="
              + dimension);
    }
    if (asked > 0) {
      return new int[] {asked};
    }
    int smallest = Math.clamp((dimension + 3) / 4, 1, MAX_SMALLEST);
    return Arrays.stream(new int[] {smallest, smallest * 3 / 2, smallest * 2})
        .map(size -> Math.min(size, dimension))
        .distinct()
        .toArray();
  }

  /// The setting's value.
  public static String format(int[] sizes) {
    return Arrays.stream(sizes).mapToObj(String::valueOf).collect(Collectors.joining(","));
  }

  /// The sizes that an index says it keeps, ascending.
  public static List<Integer> read(Manifest manifest, Path directory) throws CorruptFileException {
    String value = manifest.settings().getOrDefault(SETTING, "");
    try {
      int[] sizes = Arrays.stream(value.split(",")).mapToInt(Integer::parseInt).sorted().toArray();
      if (sizes.length > 0
          && sizes[0] >= 1
          && sizes[sizes.length - 1] <= Math.min(MAX_SIZE, manifest.dimension())) {
        return Arrays.stream(sizes).boxed().toList();
      }
    } catch (NumberFormatException _) {
      // Told below, as sizes out of range are.
    }
    throw new CorruptFileException(
        "setting is unusable: " + SETTING, directory, 0, "sizes of codes", value);
  }
}
