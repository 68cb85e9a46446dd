package com.omendb.diskann.parts;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.PageGraph;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.VectorShape;
import java.util.Map;

/// Over what the coarse graph of an index goes, which leads searches where the graph over all nodes
/// does not fit memory.
public enum CoarseGraph {
  /// Over groups of four nodes.
  GROUPS,
  /// Over pages, by the means of their vectors.
  PAGES;

  /// Setting of the manifest; groups where it is missing, as in indexes that were built before.
  private static final String SETTING = "coarseGraph";

  // With fewer vectors in a page their mean says too little of them.
  private static final double MIN_RECORDS = 8;

  /// What suits an index that would be built.
  public static CoarseGraph of(VectorShape vectors, BuildOptions options) {
    return PagesPart.expectedRecords(vectors, options) >= MIN_RECORDS ? PAGES : GROUPS;
  }

  /// What an index says it has.
  public static CoarseGraph of(Map<String, String> settings) {
    return settings.getOrDefault(SETTING, "").equals("pages") ? PAGES : GROUPS;
  }

  /// What names of files tell of.
  public static CoarseGraph ofFiles(Iterable<String> files) {
    for (String file : files) {
      if (file.equals(PageGraphPart.FILE)) {
        return PAGES;
      }
    }
    return GROUPS;
  }

  /// The most native bytes that making it takes at its peak, beside the graph over all nodes.
  public long graphBytes(VectorShape vectors, BuildOptions options) {
    return switch (this) {
      case GROUPS -> GroupGraph.bytes(vectors);
      case PAGES -> PageGraph.bytes(vectors, PagesPart.expectedPageCount(vectors, options));
    };
  }

  /// The native bytes that making codes of means takes, beside codes of the nodes.
  ///
  /// @param codeBytes bytes of one code
  public long meansBytes(VectorShape vectors, BuildOptions options, int codeBytes) {
    return switch (this) {
      case GROUPS -> 0;
      case PAGES ->
          PagesPart.expectedPageCount(vectors, options)
              * (PageGraph.MEANS.vectorBytes(vectors.dimension()) + codeBytes);
    };
  }

  /// Puts it among the settings of a manifest.
  public void put(Map<String, String> settings) {
    if (this == PAGES) {
      settings.put(SETTING, "pages");
    }
  }
}
