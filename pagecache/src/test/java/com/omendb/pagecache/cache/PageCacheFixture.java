package com.omendb.pagecache.cache;

import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// An open file of pages for each test, and caches of it.
abstract class PageCacheFixture {
  static final int PAGE_COUNT = 100;
  static final int PAGE_BYTES = TestPages.PAGE_BYTES;

  @TempDir Path directory;
  Path path;
  PageFile file;

  @BeforeEach
  void open() throws IOException {
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, PAGE_BYTES);
    file = TestPages.open(path);
  }

  @AfterEach
  void close() {
    file.close();
  }

  /// A cache of so many frames, of which sessions hold at most `maxPinned`.
  PageCache newCache(int frameCount, int maxPinned) {
    return new PageCache(file, (long) frameCount * PAGE_BYTES, maxPinned);
  }
}
