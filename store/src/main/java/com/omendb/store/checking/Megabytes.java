package com.omendb.store.checking;

import com.omendb.vectors.Progress;
import java.util.concurrent.atomic.AtomicLong;

/// Bytes read so far, told in millions. Thread-safe.
public final class Megabytes {
  private static final long MILLION = 1_000_000;

  private final Progress progress;
  private final AtomicLong bytes = new AtomicLong();

  public Megabytes(Progress progress, long totalBytes) {
    this.progress = progress;
    progress.phase("read files, MB", Math.ceilDiv(totalBytes, MILLION));
  }

  public void add(long more) {
    long after = bytes.addAndGet(more);
    long whole = after / MILLION - (after - more) / MILLION;
    if (whole > 0) {
      progress.advance(whole);
    }
  }

  public long bytes() {
    return bytes.get();
  }
}
