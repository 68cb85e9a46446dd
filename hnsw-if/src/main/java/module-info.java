/// The hybrid index: upper HNSW layers in a memory-mapped segment over the SSD base layer.
@org.jspecify.annotations.NullMarked
module com.omendb.hnswif {
  requires transitive static org.jspecify;
  requires transitive com.omendb.store;
  requires com.omendb.diskann;

  provides com.omendb.store.IndexKind with
      com.omendb.hnswif.HybridKind;
}
