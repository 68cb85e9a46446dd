package com.omendb.store.checkpoint;

import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.store.checkpoint.BuildState.Finished;
import com.omendb.store.directory.Manifest.FileEntry;
import com.omendb.store.directory.Publication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// What a build has finished so far, kept in its staging directory so that another one can go on
/// from there.
///
/// Phases that leave something behind, in order:
///
/// | phase | files |
/// |---|---|
/// | `input` | none, but the checksum of all vectors |
/// | `order` | which row of the input each vector is |
/// | `graph` | the finished graph; deleted after `pairs` |
/// | `self-check` | none, but the recall of the graph |
/// | `layout` | which row each node is, and where pages begin |
/// | `pairs` | near neighbours to measure codes by |
/// | one for each maker of parts | files of the index |
/// | `ready` | all files of the index: nothing is left but to publish it |
///
/// A phase is recorded once its files are on the device. Used by one thread; only [#any] may be
/// asked from others.
public final class Checkpoints {
  /// The check of the vectors: which they are.
  public static final String INPUT = "input";

  /// The order of the vectors.
  public static final String ORDER = "order";

  /// The graph over the base layer.
  public static final String GRAPH = "graph";

  /// What the graph was measured to find.
  public static final String SELF_CHECK = "self-check";

  /// The order of the nodes.
  public static final String LAYOUT = "layout";

  /// Near neighbours to measure codes by.
  public static final String PAIRS = "pairs";

  /// All files of the index.
  public static final String READY = "ready";

  private final Storage storage;
  private final Path staging;
  private volatile BuildState state;

  /// Goes on from a state; see [UnfinishedBuilds].
  Checkpoints(Storage storage, Path staging, BuildState state) {
    this.storage = storage;
    this.staging = staging;
    this.state = state;
  }

  /// The index that is built.
  public UUID indexId() {
    return state.indexId();
  }

  /// Bytes of all files that are recorded.
  public long bytes() {
    return state.phases().values().stream()
        .flatMap(done -> done.files().values().stream())
        .mapToLong(FileEntry::length)
        .sum();
  }

  /// Whether anything is finished that is worth going on with.
  public boolean any() {
    return state.phases().keySet().stream().anyMatch(phase -> !phase.equals(INPUT));
  }

  /// Whether a phase is finished.
  public boolean has(String phase) {
    return state.phases().containsKey(phase);
  }

  /// What a phase that is finished has left behind.
  public Finished get(String phase) {
    Finished finished = state.phases().get(phase);
    if (finished == null) {
      throw new IllegalStateException("not finished: phase=" + phase);
    }
    return finished;
  }

  /// The name of a file that holds what a phase found out, and that is no part of the index.
  static String fileName(String phase) {
    return "build." + phase;
  }

  /// The file that holds what a phase found out.
  public FileTarget file(String phase) {
    return storage.file(staging.resolve(fileName(phase)));
  }

  /// Records that a phase found out what is now in its [#file].
  public void finish(String phase, FileEntry file, Map<String, String> values) throws IOException {
    TreeMap<String, FileEntry> files = new TreeMap<>();
    files.put(fileName(phase), file);
    record(phase, new Finished(files, new TreeMap<>(values)));
  }

  /// Records that a phase wrote files of the index, which are read back.
  public void finish(String phase, List<String> files, Map<String, String> values)
      throws IOException {
    TreeMap<String, FileEntry> entries = new TreeMap<>();
    for (String name : files) {
      entries.put(name, Publication.entry(storage, staging.resolve(name)));
    }
    record(phase, new Finished(entries, new TreeMap<>(values)));
  }

  /// Forgets a phase whose [#file] is not needed any more, and deletes the file.
  public void forget(String phase) throws IOException {
    if (has(phase)) {
      Map<String, Finished> phases = new LinkedHashMap<>(state.phases());
      phases.remove(phase);
      replace(phases);
      storage.delete(staging.resolve(fileName(phase)));
    }
  }

  /// Forgets everything, as if the build had just begun.
  public void forgetAll() throws IOException {
    List<String> names =
        state.phases().values().stream().flatMap(done -> done.files().keySet().stream()).toList();
    replace(Map.of());
    for (String name : names) {
      storage.delete(staging.resolve(name));
    }
  }

  /// Records that all files of the index are written, and deletes everything else.
  ///
  /// @param settings of the index
  public void ready(SortedMap<String, String> settings) throws IOException {
    TreeMap<String, FileEntry> files = new TreeMap<>();
    state.phases().values().forEach(done -> files.putAll(done.files()));
    List<String> found = files.keySet().stream().filter(Checkpoints::isFound).toList();
    found.forEach(files::remove);
    Map<String, Finished> phases = new LinkedHashMap<>();
    phases.put(INPUT, get(INPUT));
    phases.put(READY, new Finished(files, settings));
    replace(phases);
    for (String name : found) {
      storage.delete(staging.resolve(name));
    }
  }

  /// The names of all files that a state records.
  static Set<String> recorded(BuildState state) {
    Set<String> recorded = new HashSet<>();
    state.phases().values().forEach(done -> recorded.addAll(done.files().keySet()));
    return recorded;
  }

  private static boolean isFound(String name) {
    return name.startsWith(fileName(""));
  }

  private void record(String phase, Finished finished) throws IOException {
    Map<String, Finished> phases = new LinkedHashMap<>(state.phases());
    phases.put(phase, finished);
    replace(phases);
  }

  private void replace(Map<String, Finished> phases) throws IOException {
    BuildState next = new BuildState(state.indexId(), state.job(), phases);
    Path target = staging.resolve(BuildState.FILE);
    Path temporary = staging.resolve(BuildState.FILE + ".tmp");
    storage.delete(temporary);
    try (StorageFile file = storage.file(temporary).create()) {
      file.writeFully(ByteBuffer.wrap(next.encode()), 0);
      file.force();
    }
    storage.rename(temporary, target);
    storage.syncDirectory(staging);
    state = next;
  }
}
