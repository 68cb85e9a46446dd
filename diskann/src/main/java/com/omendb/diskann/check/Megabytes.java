package com.omendb.diskann.check;

import com.omendb.vectors.Progress;
import java.util.concurrent.atomic.AtomicLong;

/// Bytes read so far, told in millions. Thread-safe.
final class Megabytes {
  private static final long MILLION = 1_000_000;

  private final Progress progress;
  private final AtomicLong bytes = new AtomicLong();

  Megabytes(Progress progress, long totalBytes) {
    this.progress = progress;
    progress.phase("read files, MB", Math.ceilDiv(totalBytes, MILLION));
  }

  void add(long more) {
    long after = bytes.addAndGet(more);
    long whole = after / MILLION - (after - more) / MILLION;
    if (whole > 0) {
      progress.advance(whole);
    }
  }

  long bytes() {
    return bytes.get();
  }
}
