package com.omendb.diskann.repair;

import com.omendb.diskann.DiskAnnKind;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.FileHeader;
import com.omendb.store.IndexKind;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds out what a damaged index is: from its manifest, else from the headers that are whole, else
/// from the source of its vectors.
final class FactFinder {
  private static final Pattern CODES_NAME = Pattern.compile("(?:codes|codebook)-([0-9]{1,4})\\.pq");
  private static final int CODEBOOK_NORMALIZE_FIELD = 2;

  private final IndexRemains remains;
  private final @Nullable VectorSource source;
  private final List<String> assumed = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  private FactFinder(IndexRemains remains, @Nullable VectorSource source) {
    this.remains = remains;
    this.source = source;
  }

  /// What the index is.
  ///
  /// @throws UnrepairableException if nothing says what has to be known
  static IndexFacts find(IndexRemains remains, @Nullable VectorSource source) throws IOException {
    return new FactFinder(remains, source).find();
  }

  private IndexFacts find() throws IOException {
    Manifest manifest = remains.manifest();
    if (manifest != null) {
      return new IndexFacts(
          kind(manifest.kind()),
          requireInt(manifest.count()),
          manifest.dimension(),
          manifest.elementType(),
          manifest.metric(),
          new TreeMap<>(manifest.settings()),
          CodeSizes.read(manifest, remains.directory()),
          assumed);
    }
    RepairableKind kind = kindByFiles();
    Optional<EntryFile.Facts> entry = entryFacts(kind);
    BasePageFormat.Header base = remains.baseFields();
    int count = count(base);
    int dimension = dimension(base, entry);
    ElementType elementType = elementType(base, entry);
    Metric metric = metric(base, entry);
    if (!unknown.isEmpty()) {
      throw new UnrepairableException(
          "the manifest is lost and no header that is left says " + String.join(" or ", unknown),
          remains.directory());
    }
    TreeMap<String, String> settings = new TreeMap<>();
    entry.ifPresent(facts -> settings.putAll(facts.settings()));
    List<Integer> sizes = subspaceCounts(dimension);
    settings.put(
        CodeSizes.SETTING, CodeSizes.format(sizes.stream().mapToInt(Integer::intValue).toArray()));
    if (base != null) {
      settings.put(IndexFacts.MAX_DEGREE, String.valueOf(base.largestDegree()));
    }
    assumed.add(
        "the settings that only the manifest held (method, alpha, seed) are lost; where a repair"
            + " needs them they are as by default");
    return new IndexFacts(kind, count, dimension, elementType, metric, settings, sizes, assumed);
  }

  private int requireInt(long count) throws UnrepairableException {
    if (count < 1 || count > Integer.MAX_VALUE - 8) {
      throw new UnrepairableException("count=" + count, remains.directory());
    }
    return (int) count;
  }

  private RepairableKind kind(String name) {
    if (IndexKind.named(name) instanceof RepairableKind kind) {
      return kind;
    }
    throw new IllegalArgumentException("this kind of index cannot be repaired: kind=" + name);
  }

  // A kind is known by the file that only it has.
  private RepairableKind kindByFiles() {
    for (IndexKind installed : ServiceLoader.load(IndexKind.class)) {
      if (installed instanceof RepairableKind kind
          && kind.entryFile().isPresent()
          && Files.exists(remains.files().resolve(kind.entryFile().get().name()))) {
        return kind;
      }
    }
    assumed.add("the kind is " + DiskAnnKind.NAME + ", because no file of another kind is there");
    return kind(DiskAnnKind.NAME);
  }

  private Optional<EntryFile.Facts> entryFacts(RepairableKind kind) {
    return kind.entryFile()
        .flatMap(
            entry ->
                Optional.ofNullable(remains.headers().get(entry.name())).flatMap(entry::facts));
  }

  private int count(BasePageFormat.@Nullable Header base) throws UnrepairableException {
    long count = base == null ? 0 : base.nodeCount();
    for (Map.Entry<String, FileHeader> file : remains.headers().entrySet()) {
      boolean tells =
          file.getKey().equals(PageDirectory.FILE)
              || file.getKey().equals(ThinGraph.FILE)
              || file.getKey().startsWith("codes-");
      if (count == 0 && tells) {
        count = field(file.getValue(), 0);
      }
    }
    return count == 0 ? 0 : requireInt(count);
  }

  private int dimension(BasePageFormat.@Nullable Header base, Optional<EntryFile.Facts> entry) {
    long dimension = base == null ? 0 : base.dimension();
    if (dimension == 0 && entry.isPresent()) {
      dimension = entry.get().dimension();
    }
    if (dimension == 0) {
      dimension = codebook().map(header -> field(header, 0)).orElse(0L);
    }
    if (dimension == 0 && source != null) {
      dimension = source.dimension();
    }
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      unknown.add("the dimension");
      return 1;
    }
    return (int) dimension;
  }

  private ElementType elementType(
      BasePageFormat.@Nullable Header base, Optional<EntryFile.Facts> entry) {
    ElementType type = null;
    if (base != null) {
      type = ofCode(ElementType::ofCode, base.elementTypeCode());
    }
    if (type == null && entry.isPresent()) {
      type = ofCode(ElementType::ofCode, entry.get().elementTypeCode());
    }
    if (type == null && source != null) {
      type = source.elementType();
    }
    if (type == null) {
      unknown.add("the element type");
      return ElementType.FLOAT32;
    }
    return type;
  }

  private Metric metric(BasePageFormat.@Nullable Header base, Optional<EntryFile.Facts> entry) {
    Metric metric = null;
    if (base != null) {
      metric = ofCode(Metric::ofCode, base.metricCode());
    }
    if (metric == null && entry.isPresent()) {
      metric = ofCode(Metric::ofCode, entry.get().metricCode());
    }
    // Codes are of unit vectors under the cosine, and only there.
    if (metric == null
        && codebook().map(header -> field(header, CODEBOOK_NORMALIZE_FIELD)).orElse(0L) == 1) {
      metric = Metric.COSINE;
    }
    if (metric == null) {
      unknown.add("the metric");
      return Metric.SQUARED_L2;
    }
    return metric;
  }

  private Optional<FileHeader> codebook() {
    return remains.headers().entrySet().stream()
        .filter(file -> file.getKey().startsWith("codebook-"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  // By the names of the files, whatever is in them; as built by default if there are none.
  private List<Integer> subspaceCounts(int dimension) throws IOException {
    TreeSet<Integer> sizes = new TreeSet<>();
    if (Files.isDirectory(remains.files())) {
      try (Stream<Path> entries = Files.list(remains.files())) {
        for (Path file : (Iterable<Path>) entries::iterator) {
          Matcher name = CODES_NAME.matcher(String.valueOf(file.getFileName()));
          if (name.matches()) {
            int size = Integer.parseInt(name.group(1));
            if (size >= 1 && size <= Math.min(dimension, 512)) {
              sizes.add(size);
            }
          }
        }
      }
    }
    if (sizes.isEmpty()) {
      for (int size : CodeSizes.of(dimension, 0)) {
        sizes.add(size);
      }
      assumed.add("codes are of the sizes that a build makes by default: " + sizes);
    }
    return List.copyOf(sizes);
  }

  private static long field(FileHeader header, int index) {
    return index < header.fields().length ? header.field(index) : 0;
  }

  private static <T> @Nullable T ofCode(IntFunction<T> ofCode, long code) {
    try {
      return ofCode.apply(Math.toIntExact(code));
    } catch (IllegalArgumentException | ArithmeticException _) {
      return null;
    }
  }
}
