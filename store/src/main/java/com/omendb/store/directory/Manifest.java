package com.omendb.store.directory;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Space;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What an index is and which files it consists of: `manifest.omen`, written last.
///
/// Text, UTF-8, one `name=value` a line; the last line is the CRC32C of everything before it:
///
/// ```
/// omendb-manifest=3
/// kind=hybrid
/// indexId=0b5f...
/// count=1000000
/// dimension=128
/// elementType=uint8
/// metric=l2
/// setting.maxDegree=64
/// file.base.pages=273551360 9c41e2d0
/// crc32c=5d3a0b77
/// ```
///
/// The files lie in the sub-directory named by `indexId`; a file line holds the length in bytes and
/// the CRC32C of the whole file in hexadecimal. A directory without a valid manifest is not an
/// index. Immutable.
///
/// Version 3 differs from version 2 in what its settings may say, `ownIds=true`; version 4 from
/// both in that a coarse graph may go over pages, `coarseGraph=pages`. A release reads the versions
/// from [#OLDEST_FORMAT_VERSION] on, and writes [#FORMAT_VERSION]; any change of what a file or a
/// setting means, and any new part, raises the version, so that no release passes by what it does
/// not know.
///
/// @param formatVersion of the manifest and all files together
/// @param kind name of the kind of index
/// @param indexId unique to this build
/// @param count vectors
/// @param dimension elements a vector
/// @param elementType type of the elements
/// @param metric distance of the index
/// @param settings how it was built, by name
/// @param files the files by name
public record Manifest(
    int formatVersion,
    String kind,
    UUID indexId,
    long count,
    int dimension,
    ElementType elementType,
    Metric metric,
    SortedMap<String, String> settings,
    SortedMap<String, FileEntry> files) {
  /// File name of the manifest.
  public static final String FILE = "manifest.omen";

  private static final String STAGED_SUFFIX = ".manifest.tmp";

  /// The version that is written, of all formats of an index together.
  public static final int FORMAT_VERSION = 4;

  /// The oldest version that is read.
  public static final int OLDEST_FORMAT_VERSION = 2;

  private static final String VERSION_KEY = "omendb-manifest";
  private static final String SETTING_PREFIX = "setting.";
  private static final String FILE_PREFIX = "file.";
  private static final long MAX_BYTES = 1 << 20;

  /// Checks the ranges, and that no text breaks the lines.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public Manifest {
    if (count < 1) {
      throw new IllegalArgumentException("an index holds at least one vector: count=" + count);
    }
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension out of range 1.." + VectorSource.MAX_DIMENSION + ": dimension=" + dimension);
    }
    requireOneLine(kind);
    settings.forEach(
        (name, value) -> {
          requireOneLine(name);
          requireOneLine(value);
        });
  }

  /// A manifest of the version that is written.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public Manifest(
      String kind,
      UUID indexId,
      long count,
      int dimension,
      ElementType elementType,
      Metric metric,
      SortedMap<String, String> settings,
      SortedMap<String, FileEntry> files) {
    this(FORMAT_VERSION, kind, indexId, count, dimension, elementType, metric, settings, files);
  }

  /// Distance, type and dimension of the vectors.
  public Space space() {
    return new Space(metric, elementType, dimension);
  }

  /// Length and CRC32C of a file.
  public record FileEntry(long length, int crc32c) {
    /// Checks the range.
    ///
    /// @throws IllegalArgumentException if the length is negative
    public FileEntry {
      if (length < 0) {
        throw new IllegalArgumentException("a file's length is not negative: length=" + length);
      }
    }

    /// The entry as text: the length in bytes and the CRC32C in hexadecimal.
    public String text() {
      return String.format(Locale.ROOT, "%d %08x", length, crc32c);
    }

    /// The entry of a [#text].
    ///
    /// @throws IllegalArgumentException if it is none
    public static FileEntry parse(String text) {
      String[] parts = text.split(" ", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException("a file's entry is LENGTH CRC32C: text=" + text);
      }
      return new FileEntry(Long.parseLong(parts[0]), Integer.parseUnsignedInt(parts[1], 16));
    }
  }

  /// The manifest's bytes.
  public byte[] encode() {
    List<String> lines = new ArrayList<>();
    lines.add(VERSION_KEY + "=" + formatVersion);
    lines.add("kind=" + kind);
    lines.add("indexId=" + indexId);
    lines.add("count=" + count);
    lines.add("dimension=" + dimension);
    lines.add("elementType=" + elementType.label());
    lines.add("metric=" + metric.label());
    settings.forEach((name, value) -> lines.add(SETTING_PREFIX + name + "=" + value));
    files.forEach((name, file) -> lines.add(FILE_PREFIX + name + "=" + file.text()));
    return ChecksummedLines.encode(lines);
  }

  /// Whether a directory holds a manifest: of any version, or damaged, but no other file of the
  /// name.
  static boolean isIn(Path directory) throws IOException {
    return text(directory).startsWith(VERSION_KEY + "=");
  }

  /// The id that a manifest of any version, so far and to come, and even a damaged one states:
  /// where the index's files are. Empty if it states none.
  static String statedIndexId(Path directory) throws IOException {
    String stated = stated(directory, "indexId=");
    return StagingDirectory.isIndexId(stated) ? stated : "";
  }

  /// The kind of index that a manifest, even a damaged one, states; empty if it states none.
  public static String statedKind(Path directory) throws IOException {
    return stated(directory, "kind=");
  }

  private static String stated(Path directory, String prefix) throws IOException {
    return text(directory)
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .findFirst()
        .orElse("");
  }

  private static String text(Path directory) throws IOException {
    Path path = directory.resolve(FILE);
    BasicFileAttributes found = PathCheck.find(path);
    if (found == null || !found.isRegularFile()) {
      return "";
    }
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes((int) MAX_BYTES), StandardCharsets.ISO_8859_1);
    }
  }

  /// Reads the manifest of an index directory.
  ///
  /// @throws NoSuchFileException if the directory or its manifest does not exist
  /// @throws CorruptFileException if the manifest is damaged
  /// @throws UnsupportedFormatException if another release wrote it
  public static Manifest read(Path directory) throws IOException {
    Path path = directory.resolve(FILE);
    IndexDirectory.require(directory);
    BasicFileAttributes found = PathCheck.find(path);
    if (found == null || !found.isRegularFile()) {
      throw new NoSuchFileException(
          path.toString(), null, "not an OmenDB index: the directory has no manifest");
    }
    long length = Files.size(path);
    if (length > MAX_BYTES) {
      throw new CorruptFileException(
          "manifest is too long", path, 0, "at most " + MAX_BYTES + " bytes", length + " bytes");
    }
    return decode(Files.readAllBytes(path), path);
  }

  /// Decodes a manifest's bytes; `path` is for messages.
  public static Manifest decode(byte[] bytes, Path path) throws IOException {
    Map<String, String> values = parse(bytes, path);
    Fields fields = new Fields(values, path);
    TreeMap<String, String> settings = new TreeMap<>();
    TreeMap<String, FileEntry> files = new TreeMap<>();
    for (Map.Entry<String, String> entry : values.entrySet()) {
      if (entry.getKey().startsWith(SETTING_PREFIX)) {
        settings.put(entry.getKey().substring(SETTING_PREFIX.length()), entry.getValue());
      } else if (entry.getKey().startsWith(FILE_PREFIX)) {
        String name = entry.getKey().substring(FILE_PREFIX.length());
        files.put(name, fields.file(name, entry.getValue()));
      }
    }
    try {
      return new Manifest(
          version(values, path),
          fields.text("kind"),
          UUID.fromString(fields.text("indexId")),
          Long.parseLong(fields.text("count")),
          Integer.parseInt(fields.text("dimension")),
          ElementType.ofLabel(fields.text("elementType")),
          Metric.ofLabel(fields.text("metric")),
          settings,
          files);
    } catch (IllegalArgumentException e) {
      throw fields.corrupt("readable values", String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> parse(byte[] bytes, Path path) throws IOException {
    Map<String, String> values = ChecksummedLines.decode(bytes, "manifest", path);
    int version = version(values, path);
    if (version < OLDEST_FORMAT_VERSION || version > FORMAT_VERSION) {
      throw new UnsupportedFormatException(path, version, OLDEST_FORMAT_VERSION, FORMAT_VERSION);
    }
    return values;
  }

  private static int version(Map<String, String> values, Path path) throws CorruptFileException {
    String version = values.getOrDefault(VERSION_KEY, "");
    try {
      return Integer.parseInt(version);
    } catch (NumberFormatException _) {
      throw new CorruptFileException(
          "not a manifest", path, 0, VERSION_KEY + "=" + FORMAT_VERSION, version);
    }
  }

  /// Where the manifest of an index is written before it gets its name.
  static Path staged(Path directory, UUID indexId) {
    return directory.resolve(indexId + STAGED_SUFFIX);
  }

  /// The id of the index whose manifest is written under a name; empty if none is.
  static String indexIdOfStaged(String name) {
    String id =
        name.endsWith(STAGED_SUFFIX)
            ? name.substring(0, name.length() - STAGED_SUFFIX.length())
            : "";
    return StagingDirectory.isIndexId(id) ? id : "";
  }

  /// Writes the manifest under its temporary name and forces it to the device.
  void stage(Storage storage, Path directory) throws IOException {
    try (StorageFile file = storage.file(staged(directory, indexId)).create()) {
      file.writeFully(ByteBuffer.wrap(encode()), 0);
      file.force();
    }
  }

  /// Gives the manifest that was staged its name, which publishes it.
  void renameStaged(Storage storage, Path directory) throws IOException {
    storage.rename(staged(directory, indexId), directory.resolve(FILE));
  }

  /// Checks that the files are exactly those of some names.
  ///
  /// @throws CorruptFileException if one is missing or is not among them
  public void requireExactly(Set<String> names, Path directory) throws CorruptFileException {
    if (!files.keySet().containsAll(names)) {
      throw new CorruptFileException(
          "manifest lacks a file",
          directory.resolve(FILE),
          0,
          FILE_PREFIX + String.join(", " + FILE_PREFIX, names),
          files.keySet().toString());
    }
    for (String file : files.keySet()) {
      if (!names.contains(file)) {
        throw new CorruptFileException(
            "manifest names a file that is not known, so that the others may mean something else",
            directory.resolve(FILE),
            0,
            "files of kind " + kind + " in format version " + formatVersion,
            FILE_PREFIX + file);
      }
    }
  }

  private static void requireOneLine(String text) {
    if (text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a manifest's values are lines: text=" + text);
    }
  }

  /// Takes values out of the parsed lines.
  private record Fields(Map<String, String> values, Path path) {
    String text(String name) throws CorruptFileException {
      String value = values.get(name);
      if (value == null) {
        throw corrupt("a line " + name + "=", "none");
      }
      return value;
    }

    FileEntry file(String name, String value) throws CorruptFileException {
      try {
        if (StagingDirectory.isPartName(name)) {
          return FileEntry.parse(value);
        }
      } catch (IllegalArgumentException _) {
        // Told below.
      }
      throw corrupt("file.NAME=LENGTH CRC32C", FILE_PREFIX + name + "=" + value);
    }

    CorruptFileException corrupt(String expected, String actual) {
      return new CorruptFileException("manifest is malformed", path, 0, expected, actual);
    }
  }
}
