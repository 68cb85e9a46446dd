package com.omendb.diskann.repair;

import com.omendb.diskann.building.BuildMemory;
import com.omendb.diskann.building.BuildPlan;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.NearPairs;
import com.omendb.diskann.parts.PartInput;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.vamana.GraphRepair;
import com.omendb.diskann.vamana.Medoid;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.DiskSpace;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Publication;
import com.omendb.store.directory.Settings;
import com.omendb.store.repair.RepairOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.check.VectorChecks;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Writes the new index of a repair, either around the pages of the old one, if they are whole, or
/// with pages of its own made from the records that are left.
final class RepairJob {
  private static final int REACH_LIST_SIZE = 32;
  private static final int COPY_BYTES = 1 << 20;

  private final Diagnosis diagnosis;
  private final IndexFacts facts;
  private final @Nullable VectorSource source;
  private final BuildOptions options;
  private final Progress progress;

  /// A job.
  ///
  /// @param source brings the missing vectors back, or null
  RepairJob(
      Diagnosis diagnosis,
      @Nullable VectorSource source,
      RepairOptions options,
      Progress progress) {
    this.diagnosis = diagnosis;
    this.facts = diagnosis.facts();
    this.source = source;
    this.options = facts.buildOptions(diagnosis.survivors().maxDegree(), options);
    this.progress = progress;
  }

  /// Makes an index of the same id: whole files are copied, the others made from the pages.
  void keepPages(Storage storage, Path target) throws IOException {
    UUID indexId = diagnosis.remains().indexId();
    Map<PartMaker, Set<GraphPart<?>>> work = new LinkedHashMap<>();
    for (PartMaker maker : facts.parts().makers()) {
      Set<GraphPart<?>> wanted = diagnosis.toMake(maker);
      if (!wanted.isEmpty()) {
        work.put(maker, wanted);
      }
    }
    boolean needsRecords =
        work.entrySet().stream().anyMatch(of -> of.getKey().needsVectors(of.getValue()));
    int count = diagnosis.survivors().count();
    BuildPlan plan = plan(count);
    if (needsRecords) {
      plan.requireWithinBudget();
    }
    TreeMap<String, String> settings = new TreeMap<>(facts.settings());
    Set<GraphPart<?>> made = made(work);
    long neededBytes =
        diagnosis.newFileBytes(made, shape(count), options)
            + (needsRecords ? scratchFileBytes(plan) : 0);
    try (Publication publication = begin(storage, target, indexId, neededBytes);
        BuildMemory memory = memory(plan, publication);
        Arena kept = memory.newArena()) {
      copyWholeFiles(publication, made);
      PartInput input =
          PartInput.of(publication, indexId, options, memory::newArena, progress)
              .withOld(new OldIndex(diagnosis, true));
      if (needsRecords) {
        makeFromRecords(work, input, memory, kept, settings);
      } else {
        for (Map.Entry<PartMaker, Set<GraphPart<?>>> of : work.entrySet()) {
          settings.putAll(of.getKey().make(of.getValue(), input));
        }
      }
      publish(publication, indexId, count, settings);
    }
  }

  private void makeFromRecords(
      Map<PartMaker, Set<GraphPart<?>>> work,
      PartInput bare,
      BuildMemory memory,
      Arena kept,
      SortedMap<String, String> settings)
      throws IOException {
    Survivors survivors = diagnosis.survivors();
    int count = survivors.count();
    PartInput input;
    NearPairs nearPairs;
    try (Arena arena = memory.newArena()) {
      LoadedRecords records =
          LoadedRecords.allocate(
              facts, count, survivors.maxDegree(), survivors.maxDegree(), kept, arena);
      load(records);
      input = bare.withRows(records.vectors(facts), identity(count, kept));
      NodeSpace space = new NodeSpace(input.vectors(), options.metric(), arena);
      VamanaGraph graph = new VamanaGraph(records.graph(), survivors.shape().medoid(), false);
      make(
          work,
          true,
          input.withGraph(
              new PartInput.Graph(space, graph, new BitSet(), records::vectorId, arena)),
          settings);
      nearPairs = NearPairs.sample(space, records.graph(), options.tuning().seed());
    }
    make(work, false, input.withNearPairs(nearPairs), settings);
  }

  private static void make(
      Map<PartMaker, Set<GraphPart<?>>> work,
      boolean withGraph,
      PartInput input,
      SortedMap<String, String> settings)
      throws IOException {
    for (Map.Entry<PartMaker, Set<GraphPart<?>>> made : work.entrySet()) {
      if (made.getKey().needsGraph() == withGraph) {
        settings.putAll(made.getKey().make(made.getValue(), input));
      }
    }
  }

  /// Makes a new index of the records that are left and those that the source brings back.
  ///
  /// @return vectors in it
  int rewritePages(Storage storage, Path target) throws IOException {
    UUID indexId = UUID.randomUUID();
    int left = diagnosis.survivors().count();
    BitSet restored = source == null ? new BitSet() : diagnosis.missingIds();
    int count = Math.addExact(left, restored.cardinality());
    BuildPlan plan = plan(count);
    plan.requireWithinBudget();
    TreeMap<String, String> settings = new TreeMap<>(facts.settings());
    Map<PartMaker, Set<GraphPart<?>>> work = new LinkedHashMap<>();
    for (PartMaker maker : facts.parts().makers()) {
      work.put(maker, new LinkedHashSet<>(maker.parts()));
    }
    long neededBytes =
        diagnosis.newFileBytes(made(work), shape(count), options) + scratchFileBytes(plan);
    try (Publication publication = begin(storage, target, indexId, neededBytes);
        BuildMemory memory = memory(plan, publication);
        Arena kept = memory.newArena()) {
      PartInput input =
          PartInput.of(publication, indexId, options, memory::newArena, progress)
              .withOld(new OldIndex(diagnosis, false));
      NearPairs nearPairs;
      try (Arena arena = memory.newArena()) {
        LoadedRecords records = loadAndRestore(restored, count, kept, arena);
        VectorSource vectors = records.vectors(facts);
        NodeSpace space = new NodeSpace(vectors, options.metric(), arena);
        VamanaGraph graph = mendGraph(space, records, left, arena);
        BaseLayout layout =
            BaseLayout.of(space, options.metric(), graph, records::vectorId, arena, kept, progress);
        input = input.withRows(vectors, layout.order());
        make(
            work,
            true,
            input.withGraph(
                new PartInput.Graph(space, graph, layout.pageStarts(), records::vectorId, arena)),
            settings);
        nearPairs = NearPairs.sample(space, records.graph(), options.tuning().seed());
      }
      make(work, false, input.withNearPairs(nearPairs), settings);
      settings.put("repairedFrom", diagnosis.remains().indexId().toString());
      settings.remove(Settings.ID_RANGE);
      if (diagnosis.idRange() > count) {
        settings.put(Settings.ID_RANGE, String.valueOf(diagnosis.idRange()));
      }
      publish(publication, indexId, count, settings);
    }
    return count;
  }

  private LoadedRecords loadAndRestore(BitSet restored, int count, Arena kept, Arena scratch)
      throws IOException {
    Survivors survivors = diagnosis.survivors();
    VamanaOptions graph =
        new VamanaOptions(
            survivors.maxDegree(),
            options.tuning().buildListSize(),
            options.tuning().alpha(),
            options.threads(),
            options.tuning().seed());
    LoadedRecords records =
        LoadedRecords.allocate(facts, count, survivors.maxDegree(), graph.slots(), kept, scratch);
    load(records);
    if (source != null) {
      int left = survivors.count();
      RestoredVectors.requireSame(source, facts, records.vectorMemory(), records.idMemory(), left);
      RestoredVectors.copy(
          source, restored, facts, records.vectorMemory(), records.idMemory(), left);
      VectorChecks.requireUsable(
          records.vectors(facts).rows(left, count - left),
          options.metric(),
          "restored vectors",
          options.threads());
    }
    return records;
  }

  private VamanaGraph mendGraph(NodeSpace space, LoadedRecords records, int left, Arena scratch)
      throws IOException {
    PageShape shape = diagnosis.survivors().shape();
    RowNumbers numbers = new RowNumbers(diagnosis.survivors().nodes(), shape.nodeCount(), scratch);
    NeighbourLists thinGraph =
        new OldIndex(diagnosis, false).open(facts.parts().thinGraph(), scratch);
    long mended =
        LostNeighbours.mend(
            space,
            records.graph(),
            left,
            numbers,
            thinGraph,
            options.tuning().alpha(),
            options.threads(),
            progress,
            scratch);
    progress.note(mended + " nodes had lost neighbours");
    int known = shape.medoid() < 0 ? -1 : numbers.number(shape.medoid());
    int medoid = known >= 0 ? known : Medoid.find(records.vectors(facts).rows(0, left));
    if (left < records.rowCount()) {
      RestoredVectors.insert(space, records.graph(), medoid, left, options, progress);
    }
    GraphRepair.reachAll(space, records.graph(), medoid, REACH_LIST_SIZE, "graph", progress);
    return new VamanaGraph(records.graph(), medoid, false);
  }

  private void load(LoadedRecords records) throws IOException {
    Survivors survivors = diagnosis.survivors();
    new RecordReader(diagnosis.remains().files(), survivors.shape(), facts.vectorBytes(), progress)
        .load(survivors, records.vectorMemory(), records.idMemory(), records.graph());
  }

  private static Set<GraphPart<?>> made(Map<PartMaker, Set<GraphPart<?>>> work) {
    Set<GraphPart<?>> made = new LinkedHashSet<>();
    work.values().forEach(made::addAll);
    return made;
  }

  private void copyWholeFiles(Publication publication, Set<GraphPart<?>> made) throws IOException {
    progress.phase("copy files", 0);
    for (GraphPart<?> part : facts.parts().all()) {
      if (!made.contains(part)) {
        copy(diagnosis.remains().files().resolve(part.name()), publication.file(part.name()));
      }
    }
  }

  private static void copy(Path from, FileTarget to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        StorageFile out = to.create()) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
      long at = 0;
      while (in.read(buffer) >= 0) {
        buffer.flip();
        int count = buffer.remaining();
        out.writeFully(buffer, at);
        at += count;
        buffer.clear();
      }
      out.force();
    }
  }

  private void publish(
      Publication publication, UUID indexId, int count, SortedMap<String, String> settings)
      throws IOException {
    progress.phase("publish", 0);
    publication.publish(facts.manifest(indexId, count, settings));
  }

  private static Publication begin(Storage storage, Path target, UUID indexId, long neededBytes)
      throws IOException {
    Publication publication = Publication.begin(storage, target, indexId, false);
    boolean hasRoom = false;
    try {
      DiskSpace.require(target, neededBytes);
      hasRoom = true;
      return publication;
    } finally {
      if (!hasRoom) {
        publication.close();
      }
    }
  }

  private BuildPlan plan(int count) {
    return BuildPlan.of(
        shape(count),
        LoadedRecords.bytesBeside(count),
        options.toBuilder().tuning(t -> t.method(BuildMethod.VAMANA)).build(),
        facts.codes());
  }

  private VectorShape shape(int count) {
    return new VectorShape(count, facts.dimension(), facts.elementType());
  }

  private static long scratchFileBytes(BuildPlan plan) {
    return plan.inFiles() ? plan.dataBytes() : 0;
  }

  private BuildMemory memory(BuildPlan plan, Publication publication) {
    return new BuildMemory(
        source,
        options.memoryBudgetBytes(),
        plan.inFiles() ? publication.stagingDirectory() : null);
  }

  private static NodeOrder identity(int count, Arena arena) {
    MemorySegment rows = AlignedMemory.allocate(arena, (long) count * Integer.BYTES, 64);
    for (int node = 0; node < count; node++) {
      rows.setAtIndex(NativeMemory.INT, node, node);
    }
    return new NodeOrder(rows, arena);
  }
}
