package com.omendb.store.checking;

import com.omendb.pagecache.file.Crc32c;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.verify.Damage.Kind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// The checksums of a file that is read in chunks by several threads, put together when all were
/// read.
public final class ChunkSums {
  private final CheckedFile file;
  private final long chunkBytes;
  private final int chunkCount;
  private final AtomicIntegerArray sums;
  private final AtomicLong unread = new AtomicLong();
  private volatile int headerSum;

  /// @param chunkBytes a multiple of the header's bytes
  public ChunkSums(CheckedFile file, long chunkBytes) {
    this.file = file;
    this.chunkBytes = chunkBytes;
    this.chunkCount = Math.toIntExact(Math.ceilDiv(file.scan().size(), chunkBytes));
    this.sums = new AtomicIntegerArray(chunkCount);
  }

  public int chunkCount() {
    return chunkCount;
  }

  public long offset(int chunk) {
    return chunk * chunkBytes;
  }

  public int bytes(int chunk) {
    return (int) Math.min(chunkBytes, file.scan().size() - offset(chunk));
  }

  public String fileName() {
    return file.name();
  }

  /// Reads a chunk and takes its checksum.
  ///
  /// @throws IOException if it cannot be read; then there is no checksum of the file
  public void read(int chunk, MemorySegment target) throws IOException {
    try {
      file.scan().read(target, offset(chunk));
    } catch (IOException e) {
      unread.incrementAndGet();
      throw e;
    }
    int lead = chunk == 0 ? FileHeader.BYTES : 0;
    if (lead > 0) {
      headerSum = Crc32c.of(target, 0, lead);
    }
    sums.set(chunk, Crc32c.of(target, lead, target.byteSize() - lead));
  }

  /// Compares the checksums of payload and file, once all chunks were read.
  public void finish(DamageLog log) {
    if (unread.get() > 0) {
      return;
    }
    long payloadBytes = file.scan().size() - FileHeader.BYTES;
    int payload = sums.get(0);
    for (int chunk = 1; chunk < chunkCount; chunk++) {
      payload = Crc32c.combine(payload, sums.get(chunk), bytes(chunk));
    }
    boolean flat = file.header().pageBytes() == 0;
    if (flat && payload != file.header().payloadCrc32c()) {
      log.add(
          file.name(),
          Kind.PAYLOAD,
          FileHeader.BYTES,
          "crc32c=" + hex(file.header().payloadCrc32c()),
          "crc32c=" + hex(payload));
      return;
    }
    int whole = Crc32c.combine(headerSum, payload, payloadBytes);
    // What is wrong within the file was told already, and more exactly.
    if (whole != file.entry().crc32c() && log.isWhole(file.name())) {
      log.add(
          file.name(),
          Kind.FILE,
          0,
          "crc32c=" + hex(file.entry().crc32c()),
          "crc32c=" + hex(whole));
    }
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }
}
