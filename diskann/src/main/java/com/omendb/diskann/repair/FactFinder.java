package com.omendb.diskann.repair;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartFacts;
import com.omendb.diskann.parts.PartList;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.CodeSpec;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Finds out what a damaged index is: from its manifest, else from the headers that are whole, else
/// from the source of its vectors.
final class FactFinder {
  private final IndexRemains remains;
  private final @Nullable VectorSource source;
  private final List<RepairableKind> kinds;
  private final List<String> assumed = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  private FactFinder(
      IndexRemains remains, @Nullable VectorSource source, List<RepairableKind> kinds) {
    this.remains = remains;
    this.source = source;
    this.kinds = kinds;
  }

  /// What the index is.
  ///
  /// @param kinds those that it may be of; the first of a name counts
  /// @throws UnrepairableException if nothing says what has to be known
  static IndexFacts find(
      IndexRemains remains, @Nullable VectorSource source, List<RepairableKind> kinds)
      throws IOException {
    return new FactFinder(remains, source, kinds).find();
  }

  private IndexFacts find() throws IOException {
    Manifest manifest = remains.manifest();
    if (manifest != null) {
      RepairableKind named = kind(manifest.kind());
      return new IndexFacts(
          named,
          requireInt(manifest.count()),
          manifest.dimension(),
          manifest.elementType(),
          manifest.metric(),
          new TreeMap<>(manifest.settings()),
          named.parts().ofManifest(manifest, remains.directory()).codeSpecs(),
          assumed);
    }
    RepairableKind kind = kindByFiles();
    List<PartFacts> told = told(kind);
    int count = count(told);
    int dimension = dimension(told);
    ElementType elementType = elementType(told);
    Metric metric = metric(told);
    if (!unknown.isEmpty()) {
      throw new UnrepairableException(
          "the manifest is lost and no header that is left says " + String.join(" or ", unknown),
          remains.directory());
    }
    TreeMap<String, String> settings = new TreeMap<>();
    told.forEach(facts -> settings.putAll(facts.settings()));
    List<CodeSpec> codes = codes(kind, dimension);
    CodeNames.put(settings, codes);
    assumed.add(
        "the settings that only the manifest held (method, alpha, seed) are lost; where a repair"
            + " needs them they are as by default");
    CoarseGraph.ofFiles(remains.fileNames()).put(settings);
    return new IndexFacts(kind, count, dimension, elementType, metric, settings, codes, assumed);
  }

  private int requireInt(long count) throws UnrepairableException {
    if (count < 1 || count > Integer.MAX_VALUE - 8) {
      throw new UnrepairableException("count=" + count, remains.directory());
    }
    return (int) count;
  }

  private RepairableKind kind(String name) {
    for (RepairableKind kind : kinds) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("this kind of index cannot be repaired: kind=" + name);
  }

  // A kind is known by the parts that only it has; one that adds none is taken if there are none.
  private RepairableKind kindByFiles() throws UnrepairableException {
    RepairableKind plain = null;
    for (RepairableKind kind : kinds) {
      List<GraphPart<?>> added = kind.parts().ofFiles(List.of()).added();
      if (added.stream().anyMatch(part -> Files.exists(remains.files().resolve(part.name())))) {
        return kind;
      }
      plain = plain == null && added.isEmpty() ? kind : plain;
    }
    if (plain == null) {
      throw new UnrepairableException(
          "the manifest is lost and no file says which kind of index this was",
          remains.directory());
    }
    assumed.add("the kind is " + plain.name() + ", because no file of another kind is there");
    return plain;
  }

  // What the headers that are whole say: the pages' first, then what the kind adds.
  private List<PartFacts> told(RepairableKind kind) throws IOException {
    PartList parts = kind.parts().ofFiles(remains.fileNames());
    List<GraphPart<?>> inOrder = new ArrayList<>();
    inOrder.add(parts.pages());
    inOrder.addAll(parts.added());
    inOrder.addAll(parts.all());
    List<PartFacts> told = new ArrayList<>();
    for (GraphPart<?> part : inOrder) {
      FileHeader header = remains.headers().get(part.name());
      if (header != null
          && header.magic().equals(part.magic())
          && header.formatVersion() >= part.oldestVersion()
          && header.formatVersion() <= part.version()) {
        told.add(part.facts(header));
      }
    }
    return told;
  }

  private int count(List<PartFacts> told) throws UnrepairableException {
    for (PartFacts facts : told) {
      if (facts.count() != 0) {
        return requireInt(facts.count());
      }
    }
    return 0;
  }

  private int dimension(List<PartFacts> told) {
    long dimension =
        told.stream()
            .mapToLong(PartFacts::dimension)
            .filter(value -> value != 0)
            .findFirst()
            .orElse(source == null ? 0 : source.dimension());
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      unknown.add("the dimension");
      return 1;
    }
    return (int) dimension;
  }

  private ElementType elementType(List<PartFacts> told) {
    for (PartFacts facts : told) {
      ElementType type = ofCode(ElementType::ofCode, facts.elementTypeCode());
      if (type != null) {
        return type;
      }
    }
    if (source != null) {
      return source.elementType();
    }
    unknown.add("the element type");
    return ElementType.FLOAT32;
  }

  private Metric metric(List<PartFacts> told) {
    for (PartFacts facts : told) {
      Metric metric = ofCode(Metric::ofCode, facts.metricCode());
      if (metric != null) {
        return metric;
      }
    }
    unknown.add("the metric");
    return Metric.SQUARED_L2;
  }

  // By the names of the files, whatever is in them; as built by default if there are none.
  private List<CodeSpec> codes(RepairableKind kind, int dimension) throws IOException {
    List<CodeSpec> codes =
        kind.parts().codesOfFiles(remains.fileNames()).stream()
            .filter(code -> code.suits(dimension))
            .toList();
    if (codes.isEmpty()) {
      codes = kind.parts().usual(dimension);
      assumed.add("codes are those that a build makes by default: " + CodeSpec.text(codes));
    }
    return codes;
  }

  private static <T> @Nullable T ofCode(IntFunction<T> ofCode, long code) {
    try {
      return ofCode.apply(Math.toIntExact(code));
    } catch (IllegalArgumentException | ArithmeticException _) {
      return null;
    }
  }
}
