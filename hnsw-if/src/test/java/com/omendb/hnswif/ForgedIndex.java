package com.omendb.hnswif;

import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.testing.Mender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// An index on disk of which files are replaced, while the manifest goes on to agree with all of
/// them.
final class ForgedIndex {
  final Path directory;
  final List<String> names;
  final UUID id;

  private final Map<String, byte[]> sound = new HashMap<>();
  private final Set<String> forged = new HashSet<>();

  private ForgedIndex(Path directory, Manifest manifest) {
    this.directory = directory;
    this.names = List.copyOf(manifest.files().keySet());
    this.id = manifest.indexId();
  }

  /// Remembers the files of a sound index.
  static ForgedIndex load(Path directory) throws IOException {
    ForgedIndex index = new ForgedIndex(directory, Manifest.read(directory));
    for (String name : index.names) {
      index.sound.put(name, Files.readAllBytes(index.path(name)));
    }
    index.sound.put(Manifest.FILE, Files.readAllBytes(index.path(Manifest.FILE)));
    return index;
  }

  /// A copy of a sound file.
  byte[] sound(String name) {
    return Objects.requireNonNull(sound.get(name), name).clone();
  }

  /// Replaces one file and makes all others sound again, save those that are to stay as they are.
  void forge(String name, byte[] bytes, String... staying) throws IOException {
    forged.add(name);
    forged.add(Manifest.FILE);
    forged.removeAll(Set.of(staying));
    for (String file : forged) {
      replace(path(file), file.equals(name) ? bytes : sound(file));
    }
    forged.clear();
    forged.add(name);
    forged.addAll(Set.of(staying));
    if (!name.equals(Manifest.FILE)) {
      replace(path(Manifest.FILE), agreeing(name, bytes));
    }
  }

  // New files are faster to write than old ones, which the file system keeps safe.
  private static void replace(Path path, byte[] bytes) throws IOException {
    Files.deleteIfExists(path);
    Files.write(path, bytes);
  }

  private byte[] agreeing(String name, byte[] bytes) throws IOException {
    Manifest manifest = Manifest.decode(sound(Manifest.FILE), directory);
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>(manifest.files());
    files.put(name, new Manifest.FileEntry(bytes.length, Mender.crc(bytes, 0, bytes.length)));
    return new Manifest(
            manifest.kind(),
            manifest.indexId(),
            manifest.count(),
            manifest.dimension(),
            manifest.elementType(),
            manifest.metric(),
            manifest.settings(),
            files)
        .encode();
  }

  private Path path(String name) {
    return name.equals(Manifest.FILE)
        ? directory.resolve(name)
        : Publication.filesOf(directory, id).resolve(name);
  }

  /// Makes the checksums of a file of this name right.
  static byte[] mend(String name, byte[] bytes) {
    return switch (name) {
      case Manifest.FILE -> Mender.manifest(bytes);
      case "base.pages" -> Mender.pages(bytes);
      default -> Mender.segment(bytes);
    };
  }
}
