/// Element types, metrics, vector sources and SIMD kernels.
@org.jspecify.annotations.NullMarked
module com.omendb.vectors {
  requires transitive static org.jspecify;
  requires static jdk.incubator.vector;

  exports com.omendb.vectors;
  exports com.omendb.vectors.check to
      com.omendb.datasets,
      com.omendb.store,
      com.omendb.diskann;
  exports com.omendb.vectors.kernels to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.diskann,
      com.omendb.tools;
  exports com.omendb.vectors.files to
      com.omendb.datasets,
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.tools;
  exports com.omendb.vectors.log to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.vectors.memory to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.vectors.parallel to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.vectors.range to
      com.omendb.datasets,
      com.omendb.store;
}
