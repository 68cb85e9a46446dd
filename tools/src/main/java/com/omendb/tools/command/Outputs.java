package com.omendb.tools.command;

import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// The files that a command is going to write: none of them is an input or named twice, and what is
/// there is replaced only if that was asked for.
final class Outputs {
  private Outputs() {}

  /// Refuses files that must not be written, before any work is done.
  ///
  /// @param overwrite whether files that are there may be replaced
  /// @param inputs what is read meanwhile
  /// @throws IllegalArgumentException if an output is an input or another output
  /// @throws FileAlreadyExistsException if there is something that may not be replaced
  static void check(List<Path> outputs, boolean overwrite, List<Path> inputs) throws IOException {
    List<Path> taken = new ArrayList<>(inputs);
    for (Path output : outputs) {
      for (Path other : taken) {
        if (isSame(output, other)) {
          throw new IllegalArgumentException(
              "a file cannot be written over one that is read or written at the same time: output="
                  + output
                  + ", other="
                  + other);
        }
      }
      taken.add(output);
      BasicFileAttributes found = PathCheck.find(output);
      if (found != null && !(overwrite && found.isRegularFile())) {
        throw new FileAlreadyExistsException(
            output.toString(),
            null,
            found.isRegularFile()
                ? "exists already; --overwrite replaces it"
                : "exists and is not a file");
      }
      Path folder = output.toAbsolutePath().getParent();
      if (folder != null) {
        PathCheck.requireFolder(folder);
      }
    }
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
        || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
  }
}
