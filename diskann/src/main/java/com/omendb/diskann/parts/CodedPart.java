package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.format.CodesFile;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.CodeSpec;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Placement;
import java.lang.foreign.MemorySegment;

/// A file of codes of one kind and size, one behind another, in the form of [CodesFile].
public interface CodedPart extends GraphPart<MemorySegment> {
  /// What the codes refer to.
  CodebookPart codebook();

  /// Which code.
  default CodeSpec code() {
    return codebook().code();
  }

  @Override
  default int version() {
    return CodesFile.VERSION;
  }

  @Override
  default Placement placement() {
    return Placement.CHOSEN;
  }

  /// Whether a header is that of so many of these codes.
  default boolean holds(FileHeader header, long count) {
    return IndexPart.isFlat(header, 2)
        && header.field(0) == count
        && header.field(1) == code().bytes()
        && CodeNames.hasKind(code(), header.fields(), 2)
        && header.payloadBytes() == count * code().bytes();
  }

  /// Bytes of a file of so many of these codes.
  default long fileBytes(long count) {
    return FileHeader.BYTES + count * code().bytes();
  }
}
