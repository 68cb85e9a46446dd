package com.omendb.pagecache.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Decides which pages stay: Caffeine's W-TinyLFU over page numbers, run on the calling thread.
final class ResidencyPolicy {
  private final Cache<Integer, Integer> frames;

  /// @param maxPages how many pages may stay
  /// @param onEviction told the frame of each page that must go; it must neither block nor call
  ///   back
  ResidencyPolicy(int maxPages, IntConsumer onEviction) {
    frames =
        Caffeine.newBuilder()
            .maximumSize(maxPages)
            .initialCapacity(maxPages)
            .executor(Runnable::run)
            .evictionListener(
                (@Nullable Integer _, @Nullable Integer frame, RemovalCause _) -> {
                  if (frame != null) {
                    onEviction.accept(frame);
                  }
                })
            .build();
  }

  /// Adds a page; any page may go for it, this one included.
  void admit(Integer key, int frame) {
    frames.put(key, frame);
  }

  /// Counts a use of a page.
  void touch(Integer key) {
    var _ = frames.getIfPresent(key);
  }

  /// Evicts what is over the bound.
  void evictExcess() {
    frames.cleanUp();
  }

  /// The frame of each page that stays, after evicting what is over the bound.
  Map<Integer, Integer> snapshot() {
    frames.cleanUp();
    return Map.copyOf(frames.asMap());
  }
}
