/// Element types, metrics, vector sources, SIMD kernels and the index API that users code against.
@org.jspecify.annotations.NullMarked
module com.omendb.vectors {
  requires transitive static org.jspecify;
  requires static jdk.incubator.vector;

  exports com.omendb.vectors;
  exports com.omendb.vectors.check;
  exports com.omendb.vectors.files to
      com.omendb.datasets,
      com.omendb.diskann,
      com.omendb.tools;
  exports com.omendb.vectors.metrics;
  exports com.omendb.vectors.log to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.vectors.memory to
      com.omendb.pq,
      com.omendb.datasets,
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.vectors.repair;

  uses com.omendb.vectors.IndexKind;
}
