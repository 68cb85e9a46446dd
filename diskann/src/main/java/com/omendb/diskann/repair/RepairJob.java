package com.omendb.diskann.repair;

import com.omendb.diskann.building.BuildMemory;
import com.omendb.diskann.building.BuildPlan;
import com.omendb.diskann.building.GraphFiles;
import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.building.NearPairs;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.NodeOrder;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.diskann.vamana.GraphRepair;
import com.omendb.diskann.vamana.Medoid;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.pagecache.DiskSpace;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.repair.RepairOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorChecks;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
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
    boolean needsRecords =
        diagnosis.damage().keySet().stream()
            .anyMatch(file -> !file.equals(Manifest.FILE) && !file.equals(PageDirectory.FILE));
    int count = diagnosis.survivors().count();
    BuildPlan plan = plan(count);
    if (needsRecords) {
      plan.requireWithinBudget();
    }
    TreeMap<String, String> settings = new TreeMap<>(facts.settings());
    try (Publication publication = begin(storage, target, indexId);
        BuildMemory memory = memory(plan, publication);
        Arena kept = memory.newArena()) {
      copyWholeFiles(publication);
      if (!diagnosis.isWhole(PageDirectory.FILE)) {
        PageDirectory.of(diagnosis.survivors().firstNodes(), count, kept)
            .write(publication.file(PageDirectory.FILE), indexId);
      }
      if (needsRecords) {
        writeAroundPages(publication, indexId, memory, kept, settings);
      }
      publish(publication, indexId, count, settings);
    }
  }

  private void writeAroundPages(
      Publication publication,
      UUID indexId,
      BuildMemory memory,
      Arena kept,
      SortedMap<String, String> settings)
      throws IOException {
    Survivors survivors = diagnosis.survivors();
    int count = survivors.count();
    NodeOrder order = identity(count, kept);
    VectorSource vectors;
    GraphFiles files;
    NearPairs nearPairs;
    try (Arena arena = memory.newArena()) {
      LoadedRecords records =
          LoadedRecords.allocate(
              facts, count, survivors.maxDegree(), survivors.maxDegree(), kept, arena);
      load(records);
      vectors = records.vectors(facts);
      files = new GraphFiles(publication, indexId, vectors, options, memory::newArena, progress);
      NodeSpace space = new NodeSpace(vectors, options.metric(), arena);
      VamanaGraph graph = new VamanaGraph(records.graph(), survivors.shape().medoid(), false);
      if (!diagnosis.isWhole(ThinGraph.FILE)) {
        files.writeThinGraph(space, graph, order);
      }
      if (!diagnosis.isWhole(GroupGraph.FILE)) {
        files.writeGroupGraph(graph, order);
      }
      nearPairs = NearPairs.sample(space, records.graph(), options.seed());
    }
    for (int size : facts.subspaceCounts()) {
      if (!diagnosis.isWhole(CodesFile.codebookName(size))) {
        files.writeCodes(size, order, nearPairs);
      } else if (!diagnosis.isWhole(CodesFile.codesName(size))) {
        try (Arena arena = Arena.ofShared()) {
          files.writeCodesAlone(mapCodebook(size, arena), order);
        }
      }
    }
    EntryFile entry = facts.kind().entryFile().orElse(null);
    if (entry != null && !diagnosis.isWhole(entry.name())) {
      writeEntry(vectors, order, indexId, publication, settings);
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
    try (Publication publication = begin(storage, target, indexId);
        BuildMemory memory = memory(plan, publication);
        Arena kept = memory.newArena()) {
      VectorSource vectors;
      GraphFiles files;
      NodeOrder order;
      NearPairs nearPairs;
      try (Arena arena = memory.newArena()) {
        LoadedRecords records = loadAndRestore(restored, count, kept, arena);
        vectors = records.vectors(facts);
        files = new GraphFiles(publication, indexId, vectors, options, memory::newArena, progress);
        NodeSpace space = new NodeSpace(vectors, options.metric(), arena);
        VamanaGraph graph = mendGraph(space, records, left, arena);
        order = files.writeBaseLayer(space, graph, records::vectorId, arena, kept);
        nearPairs = NearPairs.sample(space, records.graph(), options.seed());
      }
      for (int size : facts.subspaceCounts()) {
        writeCodes(files, size, order, nearPairs);
      }
      writeEntry(vectors, order, indexId, publication, settings);
      settings.put("repairedFrom", diagnosis.remains().indexId().toString());
      settings.remove(IndexFacts.ID_RANGE);
      if (diagnosis.idRange() > count) {
        settings.put(IndexFacts.ID_RANGE, String.valueOf(diagnosis.idRange()));
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
            options.buildListSize(),
            options.alpha(),
            options.threads(),
            options.seed());
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
    boolean hasThinGraph = diagnosis.isWhole(ThinGraph.FILE);
    NeighbourLists thinGraph =
        hasThinGraph
            ? NeighbourLists.map(
                diagnosis.remains().files().resolve(ThinGraph.FILE),
                diagnosis.remains().indexId(),
                shape.nodeCount(),
                scratch)
            : null;
    long mended =
        LostNeighbours.mend(
            space,
            records.graph(),
            left,
            numbers,
            thinGraph,
            options.alpha(),
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

  // A codebook that is whole stays as it is: what it was trained on is mostly still there.
  private void writeCodes(GraphFiles files, int size, NodeOrder order, NearPairs nearPairs)
      throws IOException {
    if (!diagnosis.isWhole(CodesFile.codebookName(size))) {
      files.writeCodes(size, order, nearPairs);
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      files.writeCodes(mapCodebook(size, arena), order, nearPairs);
    }
  }

  private ProductQuantizer mapCodebook(int size, Arena arena) throws IOException {
    return CodesFile.mapCodebook(
        diagnosis.remains().files(),
        diagnosis.remains().indexId(),
        facts.dimension(),
        facts.metric(),
        size,
        arena);
  }

  private void writeEntry(
      VectorSource vectors,
      NodeOrder order,
      UUID indexId,
      Publication publication,
      SortedMap<String, String> settings)
      throws IOException {
    EntryFile entry = facts.kind().entryFile().orElse(null);
    if (entry != null) {
      entry
          .writer()
          .write(
              new IndexBuild.Input(vectors, order, options, indexId, progress),
              publication,
              settings);
    }
  }

  private void copyWholeFiles(Publication publication) throws IOException {
    progress.phase("copy files", 0);
    for (String file : facts.files()) {
      if (diagnosis.isWhole(file)) {
        copy(diagnosis.remains().files().resolve(file), publication.file(file));
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

  // The new index takes about as much as the damaged one did.
  private Publication begin(Storage storage, Path target, UUID indexId) throws IOException {
    Publication publication = Publication.begin(storage, target, indexId, false);
    boolean hasRoom = false;
    try {
      DiskSpace.require(target, diagnosis.remains().fileBytes());
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
        new VectorShape(count, facts.dimension(), facts.elementType()),
        LoadedRecords.bytesBeside(count),
        options.withMethod(BuildMethod.VAMANA),
        facts.largestSubspaceCount());
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
