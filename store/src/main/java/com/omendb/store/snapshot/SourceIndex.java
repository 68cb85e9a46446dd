package com.omendb.store.snapshot;

import com.omendb.errors.IndexChangedException;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All files of one index, opened before any of them is read: the reader keeps them even if the
/// index is replaced or deleted afterwards.
final class SourceIndex implements Closeable {
  // An index that is replaced while it is being opened is opened again, the new one.
  private static final int ATTEMPTS = 8;

  private final Manifest manifest;
  private final List<SourceFile> files;

  private SourceIndex(Manifest manifest, List<SourceFile> files) {
    this.manifest = manifest;
    this.files = List.copyOf(files);
  }

  /// Opens the index in a directory.
  ///
  /// @throws NoSuchFileException if there is none
  /// @throws IndexChangedException if it is replaced or removed again and again meanwhile
  /// @throws com.omendb.errors.CorruptFileException if a file is missing or of another length
  static SourceIndex open(Path directory) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Manifest manifest = Manifest.read(directory);
      List<SourceFile> files = new ArrayList<>();
      try {
        for (Map.Entry<String, Manifest.FileEntry> file : manifest.files().entrySet()) {
          Path path = Publication.filesOf(directory, manifest.indexId()).resolve(file.getKey());
          files.add(SourceFile.open(file.getKey(), path, file.getValue()));
        }
        return new SourceIndex(manifest, files);
      } catch (NoSuchFileException _) {
        closeAll(files);
        // Says which file, if the index is damaged rather than replaced.
        if (isStill(manifest, directory)) {
          Publication.checkLengths(directory, manifest);
        }
      } catch (IOException | RuntimeException | Error e) {
        closeAll(files);
        throw e;
      }
    }
    throw new IndexChangedException(directory);
  }

  private static boolean isStill(Manifest manifest, Path directory) throws IOException {
    try {
      return Manifest.read(directory).indexId().equals(manifest.indexId());
    } catch (NoSuchFileException _) {
      throw new IndexChangedException(directory);
    }
  }

  private static void closeAll(List<SourceFile> files) throws IOException {
    for (SourceFile file : files) {
      file.close();
    }
  }

  Manifest manifest() {
    return manifest;
  }

  /// The files in the order of their names.
  List<SourceFile> files() {
    return files;
  }

  @Override
  public void close() throws IOException {
    closeAll(files);
  }
}
