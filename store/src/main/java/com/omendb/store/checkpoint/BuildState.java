package com.omendb.store.checkpoint;

import com.omendb.errors.CorruptFileException;
import com.omendb.store.directory.ChecksummedLines;
import com.omendb.store.directory.Manifest.FileEntry;
import com.omendb.store.directory.Publication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a build in a staging directory has finished: the file `build.state` beside what it has
/// written.
///
/// Text, one `name=value` a line; the last line is the CRC32C of everything before it:
///
/// ```
/// omendb-build=1
/// indexId=0b5f...
/// job.kind=hybrid
/// job.maxDegree=64
/// phase.graph=
/// file.graph.build.graph=251003904 9c41e2d0
/// value.graph.medoid=4711
/// crc32c=5d3a0b77
/// ```
///
/// A file line holds the length in bytes and the CRC32C of the whole file in hexadecimal.
/// Immutable.
///
/// @param indexId of the index that is built, which the headers of its files name
/// @param job what is built
/// @param phases what is finished, by name, in order
public record BuildState(UUID indexId, BuildJob job, Map<String, Finished> phases) {
  /// File name within the staging directory.
  static final String FILE = Publication.STATE_FILE;

  private static final String VERSION_KEY = "omendb-build";
  private static final String VERSION = "1";
  private static final String JOB_PREFIX = "job.";
  private static final String PHASE_PREFIX = "phase.";
  private static final String FILE_PREFIX = "file.";
  private static final String VALUE_PREFIX = "value.";
  private static final Pattern PHASE_NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /// Copies the map.
  public BuildState {
    phases = Collections.unmodifiableMap(new LinkedHashMap<>(phases));
  }

  /// What a phase has left behind.
  ///
  /// @param files the files that it wrote, by name
  /// @param values further facts about them, by name
  public record Finished(SortedMap<String, FileEntry> files, SortedMap<String, String> values) {
    /// Copies the maps.
    public Finished {
      files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
      values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }
  }

  /// The state's bytes.
  public byte[] encode() {
    List<String> lines = new ArrayList<>();
    lines.add(VERSION_KEY + "=" + VERSION);
    lines.add("indexId=" + indexId);
    job.traits().forEach((name, value) -> lines.add(JOB_PREFIX + name + "=" + value));
    phases.forEach(
        (phase, finished) -> {
          lines.add(PHASE_PREFIX + phase + "=");
          finished
              .files()
              .forEach(
                  (name, file) -> lines.add(FILE_PREFIX + phase + "." + name + "=" + file.text()));
          finished
              .values()
              .forEach((name, value) -> lines.add(VALUE_PREFIX + phase + "." + name + "=" + value));
        });
    return ChecksummedLines.encode(lines);
  }

  /// Decodes a state's bytes; `path` is for messages.
  ///
  /// @throws CorruptFileException if they are damaged or of another release
  public static BuildState decode(byte[] bytes, Path path) throws CorruptFileException {
    Map<String, String> lines = ChecksummedLines.decode(bytes, "state of a build", path);
    String version = lines.getOrDefault(VERSION_KEY, "none");
    if (!version.equals(VERSION)) {
      throw new CorruptFileException(
          "not a build of this release", path, 0, VERSION_KEY + "=" + VERSION, version);
    }
    TreeMap<String, String> traits = new TreeMap<>();
    Map<String, TreeMap<String, FileEntry>> files = new LinkedHashMap<>();
    Map<String, TreeMap<String, String>> values = new LinkedHashMap<>();
    for (Map.Entry<String, String> line : lines.entrySet()) {
      String name = line.getKey();
      if (name.startsWith(JOB_PREFIX)) {
        traits.put(name.substring(JOB_PREFIX.length()), line.getValue());
      } else if (name.startsWith(PHASE_PREFIX)) {
        String phase = name.substring(PHASE_PREFIX.length());
        require(PHASE_NAME.matcher(phase).matches(), name, path);
        files.put(phase, new TreeMap<>());
        values.put(phase, new TreeMap<>());
      } else if (name.startsWith(FILE_PREFIX)) {
        String[] parts = split(name.substring(FILE_PREFIX.length()), name, path);
        require(FILE_NAME.matcher(parts[1]).matches(), name, path);
        TreeMap<String, FileEntry> ofPhase = files.get(parts[0]);
        if (ofPhase == null) {
          throw corrupt(name, path);
        }
        ofPhase.put(parts[1], entry(line.getValue(), path));
      } else if (name.startsWith(VALUE_PREFIX)) {
        String[] parts = split(name.substring(VALUE_PREFIX.length()), name, path);
        TreeMap<String, String> ofPhase = values.get(parts[0]);
        if (ofPhase == null) {
          throw corrupt(name, path);
        }
        ofPhase.put(parts[1], line.getValue());
      }
    }
    Map<String, Finished> phases = new LinkedHashMap<>();
    files.forEach(
        (phase, ofPhase) ->
            phases.put(phase, new Finished(ofPhase, values.getOrDefault(phase, new TreeMap<>()))));
    return new BuildState(indexId(lines, path), new BuildJob(traits), phases);
  }

  private static UUID indexId(Map<String, String> lines, Path path) throws CorruptFileException {
    String id = lines.getOrDefault("indexId", "none");
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw corrupt("indexId=" + id, path);
    }
  }

  private static FileEntry entry(String value, Path path) throws CorruptFileException {
    try {
      return FileEntry.parse(value);
    } catch (IllegalArgumentException _) {
      throw corrupt(value, path);
    }
  }

  // A phase and what follows its dot.
  private static String[] split(String text, String line, Path path) throws CorruptFileException {
    int dot = text.indexOf('.');
    require(dot > 0, line, path);
    return new String[] {text.substring(0, dot), text.substring(dot + 1)};
  }

  private static void require(boolean condition, String line, Path path)
      throws CorruptFileException {
    if (!condition) {
      throw corrupt(line, path);
    }
  }

  private static CorruptFileException corrupt(String line, Path path) {
    return new CorruptFileException(
        "state of a build is unreadable", path, 0, "lines of known names", line);
  }
}
