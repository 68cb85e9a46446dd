package com.omendb.store.directory;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The settings of an index that are known by name, in its manifest or of the open index; and how
/// their text is read.
public final class Settings {
  /// How the graph was built.
  public static final String METHOD = "method";

  /// The most edges that a node was allowed.
  public static final String MAX_DEGREE = "maxDegree";

  /// L of the searches that built the graph.
  public static final String BUILD_LIST_SIZE = "buildListSize";

  /// The prune slack that the graph was built with.
  public static final String ALPHA = "alpha";

  /// The source of the build's randomness.
  public static final String SEED = "seed";

  /// Ids are 0 to below this, where the rows are the ids.
  public static final String ID_RANGE = "idRange";

  /// The recall that the build measured.
  public static final String SELF_CHECK_RECALL = "selfCheckRecall";

  /// Bytes of a page of the base layer.
  public static final String PAGE_BYTES = "pageBytes";

  /// Pages of the base layer.
  public static final String PAGE_COUNT = "pageCount";

  /// How pages are read.
  public static final String PAGE_READER = "pageReader";

  /// Whether they are read past the operating system's cache.
  public static final String DIRECT_IO = "directIo";

  /// What lies in memory.
  public static final String RESIDENCY = "residency";

  private Settings() {}

  /// A setting; empty where it is missing or no such value.
  ///
  /// @param parse throws [IllegalArgumentException] for what is no such value
  public static <T> Optional<T> parse(
      Map<String, String> settings, String name, Function<String, T> parse) {
    try {
      return Optional.ofNullable(settings.get(name)).map(parse);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
