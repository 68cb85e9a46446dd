/// The Vamana graph: its build, its layout in SSD pages and the search over them.
@org.jspecify.annotations.NullMarked
module com.omendb.diskann {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires transitive com.omendb.pagecache;
  requires com.omendb.pq;
  requires jdk.jfr;

  exports com.omendb.diskann;
  exports com.omendb.diskann.build to
      com.omendb.hnswif;
  exports com.omendb.diskann.check to
      com.omendb.hnswif;
  exports com.omendb.diskann.forecast to
      com.omendb.hnswif;
  exports com.omendb.diskann.format to
      com.omendb.hnswif;
  exports com.omendb.diskann.repair to
      com.omendb.hnswif;
  exports com.omendb.diskann.search to
      com.omendb.hnswif;
  exports com.omendb.diskann.vamana to
      com.omendb.hnswif;

  uses com.omendb.vectors.IndexKind;

  provides com.omendb.vectors.IndexKind with
      com.omendb.diskann.DiskAnnKind;
}
