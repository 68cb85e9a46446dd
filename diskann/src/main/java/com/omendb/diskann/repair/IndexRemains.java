package com.omendb.diskann.repair;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.directory.IndexDirectory;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.WorkInterruptedException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is left of an index: its manifest if it can be read, which directory holds its files, and
/// the headers that are whole.
///
/// @param directory the index
/// @param files where its files are; need not exist
/// @param indexId of the index
/// @param manifest null if it is lost
/// @param manifestDamage why it is lost; empty if it is not
/// @param headers by name of file
record IndexRemains(
    Path directory,
    Path files,
    UUID indexId,
    @Nullable Manifest manifest,
    String manifestDamage,
    SortedMap<String, FileHeader> headers) {

  private static final Pattern INDEX_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final int MAGIC_BYTES = 8;
  private static final long MAX_MANIFEST_BYTES = 1 << 20;

  /// Looks at the directory of an index.
  ///
  /// @throws NoSuchFileException if there is no such directory
  /// @throws UnrepairableException if it holds no files of an index, or those of several and
  ///   nothing says which is meant
  /// @throws com.omendb.errors.UnsupportedFormatException if another release wrote the manifest
  static IndexRemains find(Path directory) throws IOException {
    IndexDirectory.require(directory);
    try {
      Manifest manifest = Manifest.read(directory);
      Path files = directory.resolve(manifest.indexId().toString());
      return new IndexRemains(
          directory, files, manifest.indexId(), manifest, "", headers(files, manifest.indexId()));
    } catch (NoSuchFileException e) {
      return withoutManifest(directory, "missing");
    } catch (CorruptFileException e) {
      return withoutManifest(directory, String.valueOf(e.getMessage()));
    }
  }

  /// Names of the files that are left, whatever is in them.
  List<String> fileNames() throws IOException {
    if (!Files.isDirectory(files)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(files)) {
      return entries.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  /// The fields of the header of the pages, or null if it is lost.
  BasePageFormat.@Nullable Header baseFields() {
    FileHeader header = headers.get(BasePageFormat.FILE);
    boolean usable =
        header != null
            && header.magic().equals(BasePageFormat.MAGIC)
            && header.formatVersion() == BasePageFormat.VERSION
            && header.pageBytes() > 0
            && header.fields().length >= BasePageFormat.FIELD_COUNT;
    return header != null && usable ? BasePageFormat.read(header) : null;
  }

  private static IndexRemains withoutManifest(Path directory, String damage) throws IOException {
    List<IndexRemains> candidates = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path files : (Iterable<Path>) entries.sorted()::iterator) {
        String name = String.valueOf(files.getFileName());
        if (INDEX_ID.matcher(name).matches() && Files.isDirectory(files)) {
          UUID indexId = UUID.fromString(name);
          SortedMap<String, FileHeader> headers = headers(files, indexId);
          if (!headers.isEmpty()) {
            candidates.add(new IndexRemains(directory, files, indexId, null, damage, headers));
          }
        }
      }
    }
    if (candidates.size() > 1) {
      // What is left of the manifest may still name the directory.
      String text = manifestText(directory);
      candidates.removeIf(candidate -> !text.contains("indexId=" + candidate.indexId()));
      if (candidates.size() != 1) {
        throw new UnrepairableException(
            "without a manifest nothing says which of several directories is the index; move the"
                + " others away",
            directory);
      }
    }
    if (candidates.isEmpty()) {
      throw new UnrepairableException(
          "the manifest is lost (" + damage + ") and no other file of an index is left", directory);
    }
    return candidates.getFirst();
  }

  private static String manifestText(Path directory) throws IOException {
    Path manifest = directory.resolve(Manifest.FILE);
    if (!Files.isRegularFile(manifest) || Files.size(manifest) > MAX_MANIFEST_BYTES) {
      return "";
    }
    return Files.readString(manifest, StandardCharsets.ISO_8859_1);
  }

  // Of files that are there, whole as far as the header goes, and of this index.
  private static SortedMap<String, FileHeader> headers(Path files, UUID indexId)
      throws IOException {
    SortedMap<String, FileHeader> headers = new TreeMap<>();
    if (!Files.isDirectory(files)) {
      return headers;
    }
    try (Stream<Path> entries = Files.list(files)) {
      for (Path file : (Iterable<Path>) entries.filter(Files::isRegularFile)::iterator) {
        FileHeader header = header(file);
        if (header != null && header.indexId().equals(indexId)) {
          headers.put(String.valueOf(file.getFileName()), header);
        }
      }
    }
    return headers;
  }

  private static @Nullable FileHeader header(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(FileHeader.BYTES);
      if (start.length < FileHeader.BYTES) {
        return null;
      }
      String magic = new String(start, 0, MAGIC_BYTES, StandardCharsets.US_ASCII);
      if (!magic.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        return null;
      }
      return FileHeader.decode(MemorySegment.ofArray(start), file, magic, 1, Integer.MAX_VALUE);
    } catch (ClosedByInterruptException _) {
      throw new WorkInterruptedException();
    } catch (IOException _) {
      // A header that cannot be read counts as lost; the check of the file says why.
      return null;
    }
  }
}
