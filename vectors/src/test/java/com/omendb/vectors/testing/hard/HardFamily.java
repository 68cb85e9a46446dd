package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/// A kind of vectors that is hard to index, of any size. Immutable and thread-safe.
///
/// @param name such as `copies/few-50%`: a group and what is special
/// @param metric the distance that its index is for
/// @param type type of the elements
/// @param dimension elements a vector
/// @param leastCount the fewest base vectors that show what is special
/// @param filler makes the vectors
public record HardFamily(
    String name, Metric metric, ElementType type, int dimension, int leastCount, Filler filler) {

  /// Fills in base and queries.
  interface Filler {
    void fill(VectorRows base, VectorRows queries, SplittableRandom random);
  }

  /// Generates vectors: one seed always gives the same ones. They live as long as the arena.
  ///
  /// @param baseCount vectors to index
  /// @param queryCount queries
  public HardVectors generate(int baseCount, int queryCount, long seed, Arena arena) {
    if (baseCount < leastCount) {
      throw new IllegalArgumentException(
          name + " needs at least " + leastCount + " vectors: baseCount=" + baseCount);
    }
    VectorRows base = new VectorRows(baseCount, dimension, type, arena);
    VectorRows queries = new VectorRows(queryCount, dimension, type, arena);
    filler.fill(base, queries, new SplittableRandom(seed ^ name.hashCode()));
    return new HardVectors(base.source(), queries.source());
  }

  /// These vectors, handed over in random order.
  HardFamily shuffled() {
    return withFiller(
        (base, queries, random) -> {
          filler.fill(base, queries, random);
          base.shuffle(random);
        });
  }

  /// These vectors, ordered by their first element.
  HardFamily sorted() {
    return withFiller(
        (base, queries, random) -> {
          filler.fill(base, queries, random);
          base.sortByFirstElement();
        });
  }

  private HardFamily withFiller(Filler newFiller) {
    return new HardFamily(name, metric, type, dimension, leastCount, newFiller);
  }

  @Override
  public String toString() {
    return name;
  }
}
