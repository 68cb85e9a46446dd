package com.omendb.tools.bench;

import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.file.PageWriter;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.UUID;

/// A page file of random bytes, deleted when closed. It lies in the directory for temporary files:
/// `-jvmArgsAppend -Djava.io.tmpdir=DIR` puts it on another device.
final class BenchmarkPages implements AutoCloseable {
  private static final String MAGIC = "OMENBNCH";
  private static final int VERSION = 1;
  private static final int PAGE_BYTES = 4096;
  private static final long SEED = 42;

  private final Path directory;
  private final Path path;
  private final PageFile file;

  BenchmarkPages(int pageCount) throws IOException {
    directory = Files.createTempDirectory("omen-bench");
    path = directory.resolve("pages");
    SplittableRandom random = new SplittableRandom(SEED);
    try (PageWriter writer =
        new PageWriter(
            Storage.disk().file(path), MAGIC, VERSION, new UUID(SEED, SEED), PAGE_BYTES)) {
      for (int i = 0; i < pageCount; i++) {
        fill(writer.page(), random);
        writer.write();
      }
      writer.finish(new long[0]);
    }
    file = PageFile.open(path, MAGIC, VERSION, VERSION, true);
  }

  private static void fill(MemorySegment page, SplittableRandom random) {
    for (long at = PageHeader.BYTES; at < PAGE_BYTES; at += Long.BYTES) {
      page.set(ValueLayout.JAVA_LONG, at, random.nextLong());
    }
  }

  PageFile file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.delete(path);
    Files.delete(directory);
  }
}
