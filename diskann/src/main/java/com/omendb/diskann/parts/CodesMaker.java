package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.CodesFile.Codebook;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.GroupMeans;
import com.omendb.diskann.layout.NodeGroups;
import com.omendb.diskann.layout.PageGraph;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pq.CodeError;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.CodeTraining;
import com.omendb.pq.VectorCode;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Trains one code and encodes by it all nodes, and the means of all pages where searches go by
/// them.
///
/// @param codes the codes
/// @param means those of the means; null where searches do not need them
/// @param directory says which nodes a page holds
public record CodesMaker(CodesPart codes, @Nullable MeansPart means, DirectoryPart directory)
    implements PartMaker {
  /// A maker of codes.
  static CodesMaker of(CodeSpec code, CoarseGraph coarse, DirectoryPart directory) {
    CodebookPart codebook = new CodebookPart(code);
    return new CodesMaker(
        new CodesPart(codebook),
        coarse == CoarseGraph.PAGES ? new MeansPart(codebook) : null,
        directory);
  }

  /// How codes are trained for an index.
  public static CodeTraining training(BuildOptions options) {
    return new CodeTraining(
        options.tuning().seed(), options.threads(), options.metric() == Metric.COSINE);
  }

  /// Which code.
  public CodeSpec code() {
    return codes.code();
  }

  @Override
  public String phase() {
    return "codes-" + CodeNames.label(code());
  }

  @Override
  public List<GraphPart<?>> parts() {
    return means == null
        ? List.of(codes.codebook(), codes)
        : List.of(codes.codebook(), codes, means);
  }

  @Override
  public boolean needsGraph() {
    return false;
  }

  // Codes mean nothing without their codebook.
  @Override
  public Set<GraphPart<?>> lostWith(Set<GraphPart<?>> damaged) {
    return damaged.contains(codes.codebook()) ? Set.copyOf(parts()) : damaged;
  }

  /// Writes the codes, and the codebook with their error unless it is there already. A codebook of
  /// the index under repair that is whole is used again: what it was trained on is mostly still
  /// there.
  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    try (Arena arena = input.arenas().get()) {
      VectorCode code = trained(input.old().open(codes.codebook(), arena), input);
      if (wanted.contains(codes.codebook()) || wanted.contains(codes)) {
        makeCodes(code, wanted.contains(codes.codebook()), input, arena);
      }
      if (means != null && wanted.contains(means)) {
        makeMeans(code, means, input, arena);
      }
    }
    return Map.of();
  }

  private void makeCodes(VectorCode code, boolean withCodebook, PartInput input, Arena arena)
      throws IOException {
    MemorySegment byRow = encode(code, input, arena);
    if (withCodebook) {
      CodeError error =
          code.estimateError(
              input.vectors(),
              input.pairs().rows(),
              input.vectors(),
              input.pairs().neighbours(),
              byRow);
      CodesFile.writeCodebook(
          new Codebook(code, error), input.file(codes.codebook()), input.indexId());
    }
    CodesFile.writeCodes(inOrder(byRow, input, arena), code(), input.file(codes), input.indexId());
  }

  private void makeMeans(VectorCode code, MeansPart part, PartInput input, Arena arena)
      throws IOException {
    PageDirectory pages = directory.written(input, arena);
    VectorSource vectors =
        GroupMeans.of(
            input.vectors(),
            input.options().metric(),
            input.order(),
            NodeGroups.ofPages(pages),
            PageGraph.MEANS,
            arena);
    MemorySegment target =
        AlignedMemory.allocate(arena, (long) pages.pageCount() * code().bytes(), 64);
    code.encodeAll(vectors, target, input.options().threads(), Progress.NONE);
    CodesFile.writeMeans(target, code(), input.file(part), input.indexId());
  }

  private VectorCode trained(@Nullable Codebook old, PartInput input) {
    return old != null
        ? old.code()
        : code().train(input.vectors(), training(input.options()), named(input));
  }

  private MemorySegment encode(VectorCode code, PartInput input, Arena arena) {
    VectorSource vectors = input.vectors();
    MemorySegment byRow = AlignedMemory.allocate(arena, vectors.count() * code.bytes(), 64);
    code.encodeAll(vectors, byRow, input.options().threads(), named(input));
    return byRow;
  }

  private MemorySegment inOrder(MemorySegment byRow, PartInput input, Arena arena) {
    int codeBytes = code().bytes();
    MemorySegment inOrder = AlignedMemory.allocate(arena, byRow.byteSize(), 64);
    for (int row = 0; row < input.vectors().count(); row++) {
      MemorySegment.copy(
          byRow,
          (long) row * codeBytes,
          inOrder,
          (long) input.order().node(row) * codeBytes,
          codeBytes);
    }
    return inOrder;
  }

  private Progress named(PartInput input) {
    return new SuffixedProgress(input.progress(), ", " + code());
  }
}
