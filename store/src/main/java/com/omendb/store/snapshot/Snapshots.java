package com.omendb.store.snapshot;

import com.omendb.errors.IndexChangedException;
import com.omendb.errors.MissingBaseException;
import com.omendb.pagecache.storage.DiskSpace;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Copies of indexes for backup: an archive in one file, or a directory of hard links.
///
/// A copy appears whole or not at all, even if the process ends meanwhile. An archive is checked to
/// its last byte before the restored index appears. A snapshot holds one state of the index, even
/// if the index is replaced or deleted meanwhile. Takes a few megabytes of memory, whatever the
/// size of the index. Stateless and thread-safe.
public final class Snapshots {
  private Snapshots() {}

  /// Writes an archive of an index.
  ///
  /// @param index directory of the index
  /// @param archive the file to write; its folder is created if it does not exist
  /// @param bases earlier archives: a file of the index that one of them holds, byte for byte, is
  ///   left out, and [#restore] needs that archive too
  /// @param overwrite whether an archive of this name may be replaced, once the new one is complete
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return ids, files and bytes of the snapshot
  /// @throws com.omendb.errors.CorruptFileException if the index or a base is damaged
  /// @throws IndexChangedException if the index is replaced or removed while it is being opened
  /// @throws FileAlreadyExistsException if there is already a file of that name that may not be
  ///   replaced
  /// @throws IllegalArgumentException if the archive lies in the directory of the index, is one of
  ///   the bases, or its path names no file
  public static SnapshotReport write(
      Path index, Path archive, List<Path> bases, boolean overwrite, Progress progress)
      throws IOException {
    return write(Storage.disk(), index, archive, bases, overwrite, progress);
  }

  /// The same in any storage.
  static SnapshotReport write(
      Storage storage,
      Path index,
      Path archive,
      List<Path> bases,
      boolean overwrite,
      Progress progress)
      throws IOException {
    requireOutside(index, archive);
    for (Path base : bases) {
      if (Files.exists(archive) && Files.exists(base) && Files.isSameFile(archive, base)) {
        throw new IllegalArgumentException(
            "an archive cannot leave out what it replaces: base=" + base);
      }
    }
    ArchiveWriter.checkTarget(archive, overwrite);
    try (SourceIndex source = SourceIndex.open(index)) {
      UUID snapshotId = UUID.randomUUID();
      Map<String, UUID> holders = new LinkedHashMap<>();
      Map<String, UUID> unchanged = Unchanged.find(source, bases, progress);
      for (SourceFile file : source.files()) {
        holders.put(file.name(), unchanged.getOrDefault(file.name(), snapshotId));
      }
      ArchiveHead head = new ArchiveHead(snapshotId, source.manifest(), holders);
      progress.phase("write archive", head.heldBytes());
      try (ArchiveWriter writer = ArchiveWriter.create(storage, archive, head, overwrite)) {
        for (SourceFile file : source.files()) {
          if (head.holds(file.name())) {
            writer.add(file, progress::advance);
          }
        }
        long written = writer.publish();
        return new SnapshotReport(
            snapshotId,
            source.manifest().indexId(),
            source.files().size(),
            source.files().size() - unchanged.size(),
            indexBytes(source.manifest()),
            written);
      }
    }
  }

  /// Makes another index directory with hard links to the same files. It takes no space of its own:
  /// the file system frees a file when its last name is deleted. Both directories share the bytes
  /// on the device, so this protects against deleting and overwriting an index, not against a
  /// failing device.
  ///
  /// @param copy the directory to create
  /// @param index directory of the index
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return ids, files and bytes of the snapshot
  /// @throws FileSystemException if the file system cannot link, or `copy` is on another one
  /// @throws com.omendb.errors.CorruptFileException if the index is damaged
  /// @throws IndexChangedException if the index is replaced or removed meanwhile
  /// @throws FileAlreadyExistsException if there is something in the directory already
  /// @throws IllegalArgumentException if the copy lies in the directory of the index
  public static SnapshotReport link(Path index, Path copy, Progress progress) throws IOException {
    return link(Storage.disk(), index, copy, progress);
  }

  /// The same in any storage.
  static SnapshotReport link(Storage storage, Path index, Path copy, Progress progress)
      throws IOException {
    requireOutside(index, copy);
    try (SourceIndex source = SourceIndex.open(index)) {
      Manifest manifest = source.manifest();
      try (Publication publication = Publication.begin(storage, copy, manifest.indexId(), false)) {
        for (SourceFile file : source.files()) {
          link(file, publication.file(file.name()), index);
        }
        publication.publishExactly(manifest, progress);
      }
      return new SnapshotReport(
          manifest.indexId(),
          manifest.indexId(),
          manifest.files().size(),
          manifest.files().size(),
          indexBytes(manifest),
          0);
    }
  }

  private static void link(SourceFile file, FileTarget link, Path index) throws IOException {
    try {
      link.storage().link(file.path(), link.path());
    } catch (NoSuchFileException _) {
      throw new IndexChangedException(index);
    } catch (UnsupportedOperationException e) {
      throw new FileSystemException(
          link.path().toString(),
          file.path().toString(),
          "the file system has no hard links: " + e);
    }
  }

  /// Makes an index of an archive.
  ///
  /// @param archive what [#write] wrote
  /// @param bases the archives that hold the files that this one leaves out, in any order; others
  ///   are ignored
  /// @param index the directory of the index to make
  /// @param overwrite whether another index in it may be replaced, once the new one is complete
  /// @param progress receives phases and units of work done; any thread may call it
  /// @return ids, files and bytes of the snapshot
  /// @throws com.omendb.errors.CorruptFileException if an archive is damaged
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote it
  /// @throws MissingBaseException if a base is needed that was not given
  /// @throws com.omendb.errors.DiskSpaceException if the index has no room
  /// @throws FileAlreadyExistsException if there is something in the directory that may not be
  ///   replaced
  public static SnapshotReport restore(
      Path archive, List<Path> bases, Path index, boolean overwrite, Progress progress)
      throws IOException {
    return restore(Storage.disk(), archive, bases, index, overwrite, progress);
  }

  /// The same in any storage.
  static SnapshotReport restore(
      Storage storage,
      Path archive,
      List<Path> bases,
      Path index,
      boolean overwrite,
      Progress progress)
      throws IOException {
    Publication.checkTarget(index, overwrite);
    try (ArchiveSet archives = ArchiveSet.open(archive, bases)) {
      Manifest manifest = archives.manifest();
      long bytes = indexBytes(manifest);
      DiskSpace.require(index, bytes);
      progress.phase("restore", bytes);
      try (Publication publication =
          Publication.begin(storage, index, manifest.indexId(), overwrite)) {
        archives.readAll((name, _) -> new RestoredFile(publication.file(name), progress::advance));
        publication.publishExactly(manifest, progress);
      }
      return new SnapshotReport(
          archives.snapshotId(),
          manifest.indexId(),
          manifest.files().size(),
          archives.heldCount(),
          bytes,
          bytes);
    }
  }

  // An archive in an index would be lost with it.
  private static void requireOutside(Path index, Path target) {
    Path outer = index.toAbsolutePath().normalize();
    if (target.toAbsolutePath().normalize().startsWith(outer)) {
      throw new IllegalArgumentException(
          "a snapshot must lie outside of its index: index=" + index + ", snapshot=" + target);
    }
  }

  private static long indexBytes(Manifest manifest) {
    return manifest.files().values().stream().mapToLong(Manifest.FileEntry::length).sum();
  }
}
