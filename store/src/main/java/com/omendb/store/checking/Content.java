package com.omendb.store.checking;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.read.FileScan;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The payload of a file whose checksum was right: in memory, if there was room, or read again
/// piece by piece. Thread-safe.
public final class Content {
  private final FileScan scan;
  private final long bytes;
  private final @Nullable MemorySegment image;

  /// @param image the whole payload, or null to read it from the file
  public Content(FileScan scan, long bytes, @Nullable MemorySegment image) {
    this.scan = scan;
    this.bytes = bytes;
    this.image = image;
  }

  /// Bytes of the payload.
  public long bytes() {
    return bytes;
  }

  /// A piece of the payload in native memory, valid until `scratch` is used again.
  ///
  /// @param scratch room for the piece, with a page of the file to spare
  /// @throws IOException if it cannot be read
  public MemorySegment piece(long offset, long length, MemorySegment scratch) throws IOException {
    MemorySegment whole = image;
    if (whole != null) {
      return whole.asSlice(offset, length);
    }
    MemorySegment piece = scratch.asSlice(0, length);
    scan.read(piece, FileHeader.BYTES + offset);
    return piece;
  }

  /// The whole payload, of a part that is kept in memory.
  ///
  /// @throws IllegalStateException if it is not
  public MemorySegment whole() {
    MemorySegment whole = image;
    if (whole == null) {
      throw new IllegalStateException("not in memory: path=" + scan.path());
    }
    return whole;
  }
}
