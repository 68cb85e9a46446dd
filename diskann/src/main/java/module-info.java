/// The Vamana graph: its build, its layout in SSD pages and the search over them.
@org.jspecify.annotations.NullMarked
module com.omendb.diskann {
  requires transitive static org.jspecify;
  requires transitive com.omendb.store;
  requires com.omendb.pq;
  requires jdk.jfr;

  exports com.omendb.diskann to
      com.omendb.hnswif;
  exports com.omendb.diskann.building to
      com.omendb.hnswif;
  exports com.omendb.diskann.checking to
      com.omendb.hnswif;
  exports com.omendb.diskann.forecast to
      com.omendb.hnswif;
  exports com.omendb.diskann.format to
      com.omendb.hnswif;
  exports com.omendb.diskann.parts to
      com.omendb.hnswif;
  exports com.omendb.diskann.repair to
      com.omendb.hnswif;
  exports com.omendb.diskann.search to
      com.omendb.hnswif;
  exports com.omendb.diskann.vamana to
      com.omendb.hnswif;

  provides com.omendb.store.IndexKind with
      com.omendb.diskann.DiskAnnKind;
}
