/// Product quantization: training, encoding, approximate distances.
@org.jspecify.annotations.NullMarked
module com.omendb.pq {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires static jdk.incubator.vector;

  exports com.omendb.pq;
}
