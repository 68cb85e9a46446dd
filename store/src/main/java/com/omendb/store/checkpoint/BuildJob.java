package com.omendb.store.checkpoint;

import com.omendb.pagecache.file.Crc32c;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.VectorSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a build is of and all that shapes its result, by name: builds of equal jobs may go on with
/// what another of them has finished.
///
/// Memory and threads are not among it: a build that was killed because it had too little of one
/// may be continued with more. A sample of the rows identifies the vectors, so that a job is
/// recognized without reading all of them; [#checksum] over all of them is compared once a build
/// reads them anyway.
///
/// @param traits values by name, each on one line
public record BuildJob(SortedMap<String, String> traits) {
  // Raised when a release builds another graph from the same options.
  private static final int BUILDER_VERSION = 2;

  private static final int SAMPLED_ROWS = 256;

  /// Copies the traits.
  public BuildJob {
    traits = Collections.unmodifiableSortedMap(new TreeMap<>(traits));
  }

  /// The job of building an index of `vectors`, of which there is at least one.
  ///
  /// @param codes the codes that the index keeps, as text
  public static BuildJob of(
      VectorSource vectors, VectorIds ids, BuildOptions options, String codes) {
    TreeMap<String, String> traits = new TreeMap<>();
    traits.put("format", Manifest.FORMAT_VERSION + "." + BUILDER_VERSION);
    traits.put("kind", options.kind());
    traits.put("metric", options.metric().label());
    traits.put("method", options.tuning().method().label());
    traits.put("maxDegree", String.valueOf(options.maxDegree()));
    if (options.tuning().method() == BuildMethod.VAMANA) {
      traits.put("buildListSize", String.valueOf(options.tuning().buildListSize()));
    }
    traits.put("alpha", String.valueOf(options.tuning().alpha()));
    traits.put("codes", codes);
    traits.put("seed", String.valueOf(options.tuning().seed()));
    traits.put("count", String.valueOf(vectors.count()));
    traits.put("dimension", String.valueOf(vectors.dimension()));
    traits.put("elementType", vectors.elementType().label());
    traits.put("strideBytes", String.valueOf(vectors.strideBytes()));
    traits.put("ids", ids.checksum());
    traits.put("vectors", hex(sampleChecksum(vectors)));
    return new BuildJob(traits);
  }

  /// Checksum of the bytes of all rows and of what lies between them, as text.
  public static String checksum(VectorSource vectors) {
    long first = vectors.offset(0);
    long end = vectors.offset(vectors.count() - 1) + vectors.vectorBytes();
    return hex(Crc32c.of(vectors.segment(), first, end - first));
  }

  /// What differs in an earlier job, each as `name=value, was value`; empty if nothing does.
  public List<String> differencesFrom(BuildJob earlier) {
    List<String> differences = new ArrayList<>();
    TreeMap<String, String> names = new TreeMap<>(earlier.traits);
    names.putAll(traits);
    for (String name : names.keySet()) {
      String now = traits.getOrDefault(name, "none");
      String was = earlier.traits.getOrDefault(name, "none");
      if (!now.equals(was)) {
        differences.add(name + "=" + now + ", was " + was);
      }
    }
    return differences;
  }

  // Rows spread over all, the first and the last among them.
  private static int sampleChecksum(VectorSource vectors) {
    long last = vectors.count() - 1;
    int rows = (int) Math.min(SAMPLED_ROWS, vectors.count());
    int sum = 0;
    for (int i = 0; i < rows; i++) {
      long row = rows == 1 ? 0 : last * i / (rows - 1);
      int crc = Crc32c.of(vectors.segment(), vectors.offset(row), vectors.vectorBytes());
      sum = 31 * sum + crc;
    }
    return sum;
  }

  private static String hex(int value) {
    return String.format(Locale.ROOT, "%08x", value);
  }
}
