/// Plain Java distance kernels: the reference that the SIMD kernels are tested against, and what
/// runs where the Vector API is not available.
package com.omendb.vectors.scalar;
