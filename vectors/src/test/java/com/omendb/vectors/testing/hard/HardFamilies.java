package com.omendb.vectors.testing.hard;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// All families of vectors that are hard to index.
public final class HardFamilies {
  private static final List<HardFamily> ALL =
      Stream.of(
              ClusterFamilies.all(),
              CopyFamilies.all(),
              LengthFamilies.all(),
              ShapeFamilies.all(),
              QueryFamilies.all())
          .flatMap(List::stream)
          .toList();

  private HardFamilies() {}

  /// Every family, by groups.
  public static List<HardFamily> all() {
    return ALL;
  }

  /// The families in whose names the pattern is found.
  ///
  /// @throws IllegalArgumentException if there is none
  public static List<HardFamily> matching(Pattern pattern) {
    List<HardFamily> found =
        ALL.stream().filter(family -> pattern.matcher(family.name()).find()).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no such family: families=" + pattern);
    }
    return found;
  }

  /// The family of this name.
  ///
  /// @throws IllegalArgumentException if there is none
  public static HardFamily named(String name) {
    return ALL.stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such family: name=" + name));
  }
}
