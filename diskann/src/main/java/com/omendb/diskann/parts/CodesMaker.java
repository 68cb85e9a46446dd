package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.CodesFile.Codebook;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pq.CodeError;
import com.omendb.pq.PqOptions;
import com.omendb.pq.ProductQuantizer;
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

/// Trains the quantizer of one size of codes and encodes all nodes by it.
///
/// @param codes the codes
public record CodesMaker(CodesPart codes) implements PartMaker {
  /// A maker of codes of a size.
  public static CodesMaker of(int codeBytes) {
    return new CodesMaker(new CodesPart(new CodebookPart(codeBytes)));
  }

  /// How a quantizer is trained for an index.
  public static PqOptions training(BuildOptions options, int codeBytes) {
    return PqOptions.of(codeBytes)
        .withSeed(options.seed())
        .withThreads(options.threads())
        .withNormalize(options.metric() == Metric.COSINE);
  }

  /// Bytes a code.
  public int codeBytes() {
    return codes.codeBytes();
  }

  @Override
  public String phase() {
    return "codes-" + codeBytes();
  }

  @Override
  public List<GraphPart<?>> parts() {
    return List.of(codes.codebook(), codes);
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
      Codebook old = input.old().open(codes.codebook(), arena);
      ProductQuantizer quantizer = quantizer(old, input);
      MemorySegment byRow = encode(quantizer, input, arena);
      if (wanted.contains(codes.codebook())) {
        CodeError error =
            quantizer.estimateError(
                input.vectors(),
                input.pairs().rows(),
                input.vectors(),
                input.pairs().neighbours(),
                byRow);
        CodesFile.writeCodebook(
            new Codebook(quantizer, error), input.file(codes.codebook()), input.indexId());
      }
      CodesFile.writeCodes(
          inOrder(byRow, input, arena), codeBytes(), input.file(codes), input.indexId());
    }
    return Map.of();
  }

  private ProductQuantizer quantizer(@Nullable Codebook old, PartInput input) {
    return old != null
        ? old.quantizer()
        : ProductQuantizer.train(
            input.vectors(), training(input.options(), codeBytes()), sized(input));
  }

  private MemorySegment encode(ProductQuantizer quantizer, PartInput input, Arena arena) {
    VectorSource vectors = input.vectors();
    MemorySegment byRow = AlignedMemory.allocate(arena, vectors.count() * codeBytes(), 64);
    quantizer.encodeAll(vectors, byRow, input.options().threads(), sized(input));
    return byRow;
  }

  private MemorySegment inOrder(MemorySegment byRow, PartInput input, Arena arena) {
    MemorySegment inOrder = AlignedMemory.allocate(arena, byRow.byteSize(), 64);
    for (int row = 0; row < input.vectors().count(); row++) {
      MemorySegment.copy(
          byRow,
          (long) row * codeBytes(),
          inOrder,
          (long) input.order().node(row) * codeBytes(),
          codeBytes());
    }
    return inOrder;
  }

  private Progress sized(PartInput input) {
    return new SuffixedProgress(input.progress(), ", " + codeBytes() + " bytes");
  }
}
