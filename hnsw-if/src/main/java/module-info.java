/// The hybrid index: upper HNSW layers in memory over a base layer on the SSD.
@org.jspecify.annotations.NullMarked
module com.omendb.hnswif {
  requires transitive static org.jspecify;
  requires transitive com.omendb.store;
  requires com.omendb.diskann;

  provides com.omendb.store.IndexKind with
      com.omendb.hnswif.HybridKind;
}
