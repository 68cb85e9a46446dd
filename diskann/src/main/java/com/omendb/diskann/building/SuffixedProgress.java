package com.omendb.diskann.building;

import com.omendb.vectors.Progress;

/// Tells apart the phases of work that is done several times.
///
/// @param progress to report to
/// @param suffix added to the name of each phase
record SuffixedProgress(Progress progress, String suffix) implements Progress {
  @Override
  public void phase(String name, long total) {
    progress.phase(name + suffix, total);
  }

  @Override
  public void advance(long units) {
    progress.advance(units);
  }

  @Override
  public void note(String message) {
    progress.note(message);
  }
}
