package com.omendb.store.snapshot;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.MissingBaseException;
import com.omendb.store.directory.Manifest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An archive with those that hold what it leaves out. Not thread-safe.
final class ArchiveSet implements Closeable {
  private final ArchiveHead head;
  private final List<ArchiveReader> readers;

  private ArchiveSet(List<ArchiveReader> readers) throws IOException {
    this.head = readers.getFirst().head();
    this.readers = readers;
    for (Map.Entry<String, Manifest.FileEntry> file : head.manifest().files().entrySet()) {
      requireHeld(file.getKey(), file.getValue());
    }
  }

  /// Opens an archive and its bases.
  ///
  /// @throws MissingBaseException if a file is in none of them
  static ArchiveSet open(Path archive, List<Path> bases) throws IOException {
    List<ArchiveReader> readers = new ArrayList<>();
    boolean opened = false;
    try {
      readers.add(ArchiveReader.open(archive));
      for (Path base : bases) {
        readers.add(ArchiveReader.open(base));
      }
      ArchiveSet set = new ArchiveSet(readers);
      opened = true;
      return set;
    } finally {
      if (!opened) {
        closeAll(readers);
      }
    }
  }

  private void requireHeld(String name, Manifest.FileEntry file) throws IOException {
    UUID holder = holder(name);
    ArchiveReader reader = reader(holder);
    if (reader == null) {
      throw new MissingBaseException(readers.getFirst().path(), name, holder);
    }
    Manifest.FileEntry held = reader.head().manifest().files().get(name);
    if (!reader.head().holds(name) || !file.equals(held)) {
      throw new CorruptFileException(
          "archive does not hold what another one says: file=" + name,
          reader.path(),
          0,
          String.valueOf(file),
          String.valueOf(held));
    }
  }

  private UUID holder(String name) {
    return head.holders().getOrDefault(name, head.snapshotId());
  }

  private @Nullable ArchiveReader reader(UUID snapshotId) {
    for (ArchiveReader reader : readers) {
      if (reader.head().snapshotId().equals(snapshotId)) {
        return reader;
      }
    }
    return null;
  }

  /// Of the index.
  Manifest manifest() {
    return head.manifest();
  }

  /// Of the archive.
  UUID snapshotId() {
    return head.snapshotId();
  }

  /// How many files the archive itself holds.
  int heldCount() {
    return (int) head.holders().keySet().stream().filter(head::holds).count();
  }

  /// Reads the contents of every file of the index, and all of each archive that one comes from.
  void readAll(ArchiveReader.Receiver receiver) throws IOException {
    for (ArchiveReader reader : readers) {
      UUID id = reader.head().snapshotId();
      // One archive may be given twice; the first is read.
      boolean needed = reader == reader(id) && head.holders().containsValue(id);
      if (needed || reader == readers.getFirst()) {
        reader.readAll((name, file) -> holder(name).equals(id) ? receiver.begin(name, file) : null);
      }
    }
  }

  private static void closeAll(List<ArchiveReader> readers) throws IOException {
    for (ArchiveReader reader : readers) {
      reader.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeAll(readers);
  }
}
