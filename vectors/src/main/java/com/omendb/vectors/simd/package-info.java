/// Distance kernels on the Vector API. Nothing outside this package touches `jdk.incubator.vector`,
/// and nothing in it is loaded where that module is missing.
///
/// How they are written, and why (measured on AVX-512 with C2 of JDK 25):
///
/// - **Vectors never cross a method of ours.** A helper that takes or returns a vector is inlined
///   only while the compiler's budget lasts; where it is not, every vector becomes a heap object
///   and a distance costs several times as much, or microseconds. The Vector API's own methods are
///   always inlined. So each kernel spells its operations out, and passes only addresses and
///   numbers.
/// - **Loops end on `!=`,** so that the compiler does not take them for counted loops. It splits a
///   counted loop in three, which at the few trips of a distance costs half the speed.
/// - **A tail** shorter than a SIMD vector is read together with the elements before it, which a
///   mask then sets to zero: no masked load, no scalar loop, no byte read outside the vectors.
/// - **Floats are added in one order,** interpreted or compiled, singly or in a batch, so that a
///   build repeats byte for byte: see [Lanes#EIGHT].
///
/// How byte kernels add up lanes that hold unsigned 16-bit terms, two to an int: `all` adds the
/// ints as they are, which is the sum of the low terms plus 65536 times the sum of the high ones,
/// modulo 2^32; `high` adds the high terms alone. So `all - (high << 16)` is the sum of the low
/// terms, and adding `high` makes it whole. It is exact, because the whole sum fits an int: a term
/// per element is at most 255 * 255, and there are at most 8192 elements.
package com.omendb.vectors.simd;
