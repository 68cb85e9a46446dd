package com.omendb.diskann.parts;

import com.omendb.diskann.DiskAnnKind;
import com.omendb.diskann.GraphKind;
import com.omendb.diskann.search.EntrySelector;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.HeaderFields;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Origin;
import com.omendb.store.part.Placement;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A part that no kind of this project has: the sum of the elements of its node 7. All that an
/// index needs for it is in this class.
public final class NotePart implements GraphPart<Long>, PartMaker {
  private static final int NODE = 7;

  private final Origin origin;
  private final List<Long> opened = Collections.synchronizedList(new ArrayList<>());

  public NotePart(Origin origin) {
    this.origin = origin;
  }

  /// A kind of index that has it.
  public GraphKind kind() {
    return new GraphKind(
        DiskAnnKind.NAME,
        List.of(this),
        (open, medoid) -> {
          opened.add(open.get(this));
          return EntrySelector.fixed(medoid);
        }) {};
  }

  /// What opened indexes were told.
  public List<Long> opened() {
    return List.copyOf(opened);
  }

  @Override
  public String name() {
    return "note.part";
  }

  @Override
  public String magic() {
    return "OMENNOTE";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Placement placement() {
    return Placement.RESIDENT;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, 1) && header.field(0) == manifest.count();
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return FileHeader.BYTES + Long.BYTES;
  }

  @Override
  public Long open(PartOpening opening) throws IOException {
    SegmentFile.Content file =
        SegmentFile.read(opening.path(this), magic(), version(), version(), opening.arena());
    HeaderFields.require(file.header(), opening.indexId(), 1, opening.path(this));
    long sum = file.payload().get(NativeMemory.LONG, 0);
    if (!isSum(sum, opening.manifest())) {
      throw new CorruptFileException(
          "note is no sum", opening.path(this), 0, "a sum", String.valueOf(sum));
    }
    return sum;
  }

  private static boolean isSum(long sum, Manifest manifest) {
    return sum >= 0 && sum <= manifest.dimension() * 255L;
  }

  @Override
  public Reading reading() {
    return Reading.WHOLE;
  }

  @Override
  public PageComparison check(PartCheck check) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long sum =
          check
              .payload()
              .piece(0, Long.BYTES, arena.allocate(FileHeader.BYTES, FileHeader.BYTES))
              .get(NativeMemory.LONG, 0);
      if (!isSum(sum, check.manifest())) {
        check.add(Kind.FORMAT, 0, "a sum", String.valueOf(sum));
      }
    }
    return PageComparison.NONE;
  }

  @Override
  public String phase() {
    return "note";
  }

  @Override
  public List<GraphPart<?>> parts() {
    return List.of(this);
  }

  @Override
  public boolean needsGraph() {
    return false;
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    input.progress().phase("note", 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment payload = arena.allocate(Long.BYTES, Long.BYTES);
      long sum = 0;
      for (int column = 0; column < input.vectors().dimension(); column++) {
        sum += (long) input.vectors().element(input.order().row(NODE), column);
      }
      payload.set(NativeMemory.LONG, 0, sum);
      SegmentFile.write(
          input.file(this),
          magic(),
          version(),
          input.indexId(),
          new long[] {input.vectors().count()},
          payload);
    }
    return Map.of("notedNode", String.valueOf(NODE));
  }
}
