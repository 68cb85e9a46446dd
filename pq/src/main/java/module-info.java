/// Codes: vectors made so small that they stay in memory, and distances estimated from them.
@org.jspecify.annotations.NullMarked
module com.omendb.pq {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires static jdk.incubator.vector;

  exports com.omendb.pq to
      com.omendb.diskann;
  exports com.omendb.pq.kinds to
      com.omendb.diskann;
  exports com.omendb.pq.product to
      com.omendb.diskann;
}
