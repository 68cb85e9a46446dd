package com.omendb.vectors.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The vector shapes that the kernels compute in: as wide as this CPU prefers, 512 bits at most.
///
/// Constants all, because only a constant shape compiles to instructions.
final class Lanes {
  private static final VectorShape SHAPE =
      VectorShape.preferredShape().vectorBitSize() > 512
          ? VectorShape.S_512_BIT
          : VectorShape.preferredShape();

  static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);

  /// As many bytes as there are shorts in a vector.
  static final VectorSpecies<Byte> HALF_BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 2)));

  static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

  /// Bits of one vector.
  static final int BITS = SHAPE.vectorBitSize();

  /// Bytes of one vector.
  static final int VECTOR_BYTES = BITS / Byte.SIZE;

  /// Lanes of one float vector: 4, 8 or 16.
  static final int FLOAT_LANES = FLOATS.length();

  /// What kernels add the lanes of a float vector up with, in place of `reduceLanes`: the order of
  /// that one differs between interpreted and compiled code, so that a distance would change its
  /// last bits as the JVM warms up, and a build would not repeat byte for byte.
  ///
  /// A vector of 16 lanes is added to itself with halves swapped and cut to [#EIGHT] lanes, that
  /// one likewise to [#FOUR], and those four are added in two more steps. Narrower vectors begin
  /// later.
  static final VectorSpecies<Float> EIGHT =
      FLOAT_LANES >= 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;

  static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  static final VectorShuffle<Float> SWAP_8 = swap(FLOATS, 8);
  static final VectorShuffle<Float> SWAP_4 = swap(EIGHT, 4);
  static final VectorShuffle<Float> SWAP_2 = swap(FOUR, 2);
  static final VectorShuffle<Float> SWAP_1 = swap(FOUR, 1);

  /// Whether a fused multiply-add is one instruction. Where it is not, Java computes it exactly in
  /// software, thousands of times slower. Of the CPUs with 128 bits and more, only x86 from before
  /// AVX2 lacks it.
  static final boolean FUSED = BITS >= 256 || !isX86();

  /// Address of VECTOR_BYTES zero bytes followed by as many bytes of ones. A vector read at
  /// `TAIL_MASKS + tailBytes` has ones in its last `tailBytes` bytes.
  static final long TAIL_MASKS = tailMasks();

  private Lanes() {}

  /// Swaps lanes whose numbers differ by `distance`, if there are that many.
  private static VectorShuffle<Float> swap(VectorSpecies<Float> species, int distance) {
    return VectorShuffle.fromOp(species, lane -> (lane ^ distance) % species.length());
  }

  private static boolean isX86() {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return architecture.equals("amd64") || architecture.contains("86");
  }

  private static long tailMasks() {
    MemorySegment masks = Arena.global().allocate(2L * VECTOR_BYTES, VECTOR_BYTES);
    for (long i = VECTOR_BYTES; i < masks.byteSize(); i++) {
      masks.set(ValueLayout.JAVA_BYTE, i, (byte) -1);
    }
    return masks.address();
  }
}
