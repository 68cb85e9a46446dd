package com.omendb.tools.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The files of an index directory, in order of their names.
public final class IndexFiles {
  private IndexFiles() {}

  /// A file.
  ///
  /// @param name path relative to the directory
  /// @param bytes its length
  public record IndexFile(String name, long bytes) {}

  /// All regular files below a directory.
  public static List<IndexFile> list(Path directory) throws IOException {
    List<IndexFile> files = new ArrayList<>();
    Path real = directory.toRealPath();
    try (Stream<Path> paths = Files.walk(real)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile).sorted()::iterator) {
        files.add(new IndexFile(real.relativize(path).toString(), Files.size(path)));
      }
    }
    return files;
  }
}
