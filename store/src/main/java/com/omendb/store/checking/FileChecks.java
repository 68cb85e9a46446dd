package com.omendb.store.checking;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.read.FileScan;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.part.IndexPart;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The quick part of a check: which files there are, how long they are and what their headers say.
public final class FileChecks {
  private final Path directory;
  private final Manifest manifest;
  private final Path files;
  private final boolean isFull;
  private final DamageLog log;

  public FileChecks(Path directory, Manifest manifest, boolean isFull, DamageLog log) {
    this.directory = directory;
    this.manifest = manifest;
    this.files = Publication.filesOf(directory, manifest.indexId());
    this.isFull = isFull;
    this.log = log;
  }

  /// Checks all files and returns those that are there with the right length and header, open.
  public SortedMap<String, CheckedFile> check(Map<String, ? extends IndexPart> parts)
      throws IOException {
    SortedMap<String, CheckedFile> sound = new TreeMap<>();
    boolean finished = false;
    try {
      for (IndexPart part : parts.values()) {
        Manifest.FileEntry entry = manifest.files().get(part.name());
        if (entry == null) {
          log.add(Manifest.FILE, Kind.MANIFEST, 0, "a line file." + part.name(), "none");
          continue;
        }
        CheckedFile file = check(part, entry);
        if (file != null) {
          sound.put(part.name(), file);
        }
      }
      for (String name : manifest.files().keySet()) {
        if (!parts.containsKey(name)) {
          log.add(Manifest.FILE, Kind.MANIFEST, 0, "files that are known", "file." + name);
        }
      }
      noteStrangers(parts);
      finished = true;
      return sound;
    } finally {
      if (!finished) {
        close(sound);
      }
    }
  }

  public static void close(Map<String, CheckedFile> files) throws IOException {
    for (CheckedFile file : files.values()) {
      file.scan().close();
    }
  }

  private @Nullable CheckedFile check(IndexPart part, Manifest.FileEntry entry) throws IOException {
    Path path = files.resolve(part.name());
    if (isMissing(path)) {
      log.add(part.name(), Kind.MISSING, 0, entry.length() + " bytes", "no such file");
      return null;
    }
    FileScan scan = null;
    CheckedFile file = null;
    try {
      scan = FileScan.open(path, isFull);
      FileHeader header = header(part, entry, scan);
      file = header == null ? null : new CheckedFile(part, entry, header, scan);
    } catch (CorruptFileException e) {
      log.add(part.name(), Kind.HEADER, e.offset(), e.expected(), e.actual());
    } catch (UnsupportedFormatException e) {
      String known = "format version " + part.version();
      log.add(part.name(), Kind.VERSION, 8, known, "format version " + e.formatVersion());
    } catch (IOException e) {
      log.add(part.name(), Kind.UNREADABLE, 0, "a readable file", String.valueOf(e));
    } finally {
      if (scan != null && file == null) {
        scan.close();
      }
    }
    return file;
  }

  // What cannot be seen is unreadable, which opening it tells.
  private static boolean isMissing(Path path) {
    try {
      BasicFileAttributes found = PathCheck.find(path);
      return found == null || !found.isRegularFile();
    } catch (IOException _) {
      return false;
    }
  }

  private @Nullable FileHeader header(IndexPart part, Manifest.FileEntry entry, FileScan scan)
      throws IOException {
    if (scan.size() != entry.length()) {
      log.add(
          part.name(),
          Kind.LENGTH,
          Math.min(scan.size(), entry.length()),
          entry.length() + " bytes",
          scan.size() + " bytes");
    }
    if (scan.size() < FileHeader.BYTES) {
      return null;
    }
    FileHeader header;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment start = arena.allocate(FileHeader.BYTES, Long.BYTES);
      scan.read(start, 0);
      header =
          FileHeader.decode(start, scan.path(), part.magic(), part.oldestVersion(), part.version());
    }
    if (!header.indexId().equals(manifest.indexId())) {
      log.add(
          part.name(), Kind.FOREIGN, 16, "indexId=" + manifest.indexId(), "" + header.indexId());
      return null;
    }
    long lead = Math.max(FileHeader.BYTES, header.pageBytes());
    if (!part.fits(header, manifest) || header.payloadBytes() != entry.length() - lead) {
      log.add(
          part.name(), Kind.HEADER, 0, "what the manifest says of the index", header.toString());
      return null;
    }
    return scan.size() == entry.length() ? header : null;
  }

  // Left-overs take room, but nothing reads them.
  private void noteStrangers(Map<String, ? extends IndexPart> parts) throws IOException {
    noteStrangers(files, parts.keySet().stream().collect(Collectors.toSet())::contains);
    noteStrangers(
        directory,
        name -> name.equals(Manifest.FILE) || name.equals(manifest.indexId().toString()));
  }

  private interface Names {
    boolean known(String name);
  }

  private void noteStrangers(Path folder, Names names) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(entry -> !names.known(entry.getFileName().toString()))
          .sorted()
          .forEach(entry -> log.note("not part of the index: " + directory.relativize(entry)));
    }
  }
}
