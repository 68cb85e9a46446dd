/// The hybrid index: upper HNSW layers in a memory-mapped segment over the SSD base layer.
@org.jspecify.annotations.NullMarked
module com.omendb.hnswif {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires com.omendb.diskann;
  requires com.omendb.pagecache;

  exports com.omendb.hnswif;

  provides com.omendb.vectors.IndexKind with
      com.omendb.hnswif.HybridKind;
}
