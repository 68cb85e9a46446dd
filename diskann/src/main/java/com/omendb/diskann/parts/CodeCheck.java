package com.omendb.diskann.parts;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.CodeMismatch;
import com.omendb.pq.VectorCode;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Encodes vectors again and compares the codes with those of a file. Thread-safe.
final class CodeCheck implements PageComparison {
  private final CheckedFile codes;
  private final VectorCode code;
  private final DamageLog log;

  CodeCheck(CheckedFile codes, VectorCode code, DamageLog log) {
    this.codes = codes;
    this.code = code;
    this.log = log;
  }

  @Override
  public void sample(int firstNode, VectorSource vectors, MemorySegment scratch) {
    int codeBytes = code.bytes();
    long bytes = vectors.count() * codeBytes;
    MemorySegment stored = scratch.asSlice(0, bytes);
    MemorySegment encoded = scratch.asSlice(bytes, bytes);
    long offset = FileHeader.BYTES + (long) firstNode * codeBytes;
    try {
      codes.scan().read(stored, offset);
    } catch (IOException e) {
      log.add(codes.name(), Kind.UNREADABLE, offset, "readable bytes", String.valueOf(e));
      return;
    }
    code.encode(vectors, 0, vectors.count(), encoded, 0);
    long at = MemorySegment.mismatch(stored, 0, bytes, encoded, 0, bytes);
    while (at >= 0) {
      long row = at / codeBytes;
      compare(firstNode, vectors, row, stored, encoded);
      long next = (row + 1) * codeBytes;
      long further = MemorySegment.mismatch(stored, next, bytes, encoded, next, bytes);
      at = further < 0 ? -1 : next + further;
    }
  }

  private void compare(
      int firstNode, VectorSource vectors, long row, MemorySegment stored, MemorySegment encoded) {
    long at = row * code.bytes();
    CodeMismatch mismatch = code.mismatch(vectors, row, stored, encoded, at);
    if (mismatch != null) {
      long node = firstNode + row;
      log.add(
          codes.name(),
          Kind.CODE,
          FileHeader.BYTES + node * code.bytes() + mismatch.at(),
          mismatch.expected() + ": node=" + node + ", " + mismatch.place(),
          mismatch.found());
    }
  }
}
