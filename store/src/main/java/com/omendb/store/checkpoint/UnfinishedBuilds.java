package com.omendb.store.checkpoint;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.store.checkpoint.BuildState.Finished;
import com.omendb.store.directory.Manifest.FileEntry;
import com.omendb.store.directory.Publication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/// The builds that were cut short in a directory, and which of them a new build goes on with.
///
/// If none of them is of the same job, and resuming was asked for, they are spared until the new
/// build is published: their options may have been what the caller meant.
public final class UnfinishedBuilds implements Publication.Chooser {
  private static final int MAX_STATE_BYTES = 1 << 20;

  private final BuildJob job;
  private final boolean resume;
  private final Consumer<String> notes;
  private final Set<String> madeFromGraph;
  private Storage storage = Storage.disk();
  private BuildState chosen;

  /// For a build of a job.
  ///
  /// @param resume whether an unfinished build of it may be continued
  /// @param madeFromGraph phases without which the graph has to be made again, once it was given up
  /// @param notes receives sentences on what is continued, what is damaged, or why nothing is
  ///   continued
  public UnfinishedBuilds(
      BuildJob job, boolean resume, Set<String> madeFromGraph, Consumer<String> notes) {
    this.madeFromGraph = Set.copyOf(madeFromGraph);
    this.job = job;
    this.resume = resume;
    this.notes = notes;
    this.chosen = new BuildState(UUID.randomUUID(), job, Map.of());
  }

  @Override
  public Publication.Choice choose(Storage where, List<Path> staged) throws IOException {
    storage = where;
    if (!resume) {
      return new Publication.Choice(chosen.indexId(), false, Set.of());
    }
    boolean found = false;
    Set<UUID> others = new HashSet<>();
    List<String> reasons = new ArrayList<>();
    for (Path staging : staged) {
      try {
        BuildState state = read(staging);
        List<String> differences = job.differencesFrom(state.job());
        if (!differences.isEmpty()) {
          others.add(state.indexId());
          reasons.add(
              "the unfinished build has other vectors or options: "
                  + String.join("; ", differences));
        } else if (!found || state.phases().size() > chosen.phases().size()) {
          chosen = state;
          found = true;
        }
      } catch (NoSuchFileException _) {
        reasons.add("the unfinished build has finished no phase: path=" + staging);
      } catch (CorruptFileException e) {
        reasons.add("the unfinished build cannot be used: " + e.getMessage());
      }
    }
    if (found) {
      return new Publication.Choice(chosen.indexId(), true, Set.of());
    }
    notes.accept(
        "no build to resume, beginning anew: "
            + (reasons.isEmpty() ? "there is none" : String.join("; ", reasons))
            + (others.isEmpty()
                ? ""
                : "; the unfinished build is kept until this one is published"));
    return new Publication.Choice(chosen.indexId(), false, others);
  }

  private BuildState read(Path staging) throws IOException {
    Path path = staging.resolve(BuildState.FILE);
    try (StorageFile file = storage.open(path)) {
      if (file.size() > MAX_STATE_BYTES) {
        throw new CorruptFileException(
            "state is too long", path, 0, "at most " + MAX_STATE_BYTES, file.size() + " bytes");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.readFully(bytes, 0);
      BuildState state = BuildState.decode(bytes.array(), path);
      String id = state.indexId().toString();
      if (!staging.getFileName().toString().equals(id)) {
        throw new CorruptFileException(
            "state of another build", path, 0, staging.getFileName().toString(), id);
      }
      return state;
    }
  }

  /// Takes over what is finished, as far as it is whole, and deletes the rest.
  ///
  /// @param staging of the index that was chosen
  public Checkpoints takeOver(Path staging) throws IOException {
    if (chosen.phases().isEmpty()) {
      return checkpoints(staging, Map.of());
    }
    Map<String, Finished> whole = new LinkedHashMap<>();
    for (Map.Entry<String, Finished> phase : chosen.phases().entrySet()) {
      String damage = damage(staging, phase.getValue());
      if (damage.isEmpty()) {
        whole.put(phase.getKey(), phase.getValue());
      } else {
        notes.accept("resuming: repeated, since it is damaged: " + phase.getKey() + ": " + damage);
      }
    }
    whole.keySet().retainAll(usable(whole.keySet()));
    notes.accept(
        "resuming, finished already: "
            + (whole.isEmpty() ? "nothing" : String.join(", ", whole.keySet())));
    return checkpoints(staging, whole);
  }

  // What is not recorded was being written when the build was cut short.
  private Checkpoints checkpoints(Path staging, Map<String, Finished> phases) throws IOException {
    BuildState state = new BuildState(chosen.indexId(), job, phases);
    Publication.deleteWritten(storage, staging, Checkpoints.recorded(state));
    return new Checkpoints(storage, staging, state);
  }

  /// What of the phases that are whole can be gone on from: nothing that was made from what is
  /// lost, because it will not be the same when made again on several threads.
  private Set<String> usable(Set<String> whole) {
    if (whole.contains(Checkpoints.READY)) {
      return Set.of(Checkpoints.INPUT, Checkpoints.READY);
    }
    boolean graphIsDone = whole.containsAll(madeFromGraph);
    if (!whole.contains(Checkpoints.ORDER)) {
      return Set.of(Checkpoints.INPUT);
    }
    if (!graphIsDone && !whole.contains(Checkpoints.GRAPH)) {
      return Set.of(Checkpoints.INPUT, Checkpoints.ORDER);
    }
    if (!whole.contains(Checkpoints.LAYOUT)) {
      return Set.of(
          Checkpoints.INPUT, Checkpoints.ORDER, Checkpoints.GRAPH, Checkpoints.SELF_CHECK);
    }
    return Set.copyOf(whole);
  }

  // What is wrong with the files of a phase; empty if nothing is.
  private String damage(Path staging, Finished finished) throws IOException {
    for (Map.Entry<String, FileEntry> entry : finished.files().entrySet()) {
      Path file = staging.resolve(entry.getKey());
      if (!Files.isRegularFile(file)) {
        return "no such file: path=" + file;
      }
      FileEntry expected = entry.getValue();
      long length = Files.size(file);
      if (length != expected.length()) {
        return "path=" + file + ", expected=" + expected.length() + " bytes, actual=" + length;
      }
      FileEntry actual = Publication.entry(storage, file);
      if (!actual.equals(expected)) {
        return String.format(
            "path=%s, expected=crc32c %08x, actual=%08x", file, expected.crc32c(), actual.crc32c());
      }
    }
    return "";
  }
}
