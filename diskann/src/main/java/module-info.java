/// The Vamana graph: its build, its layout in SSD pages and the search over them.
@org.jspecify.annotations.NullMarked
module com.omendb.diskann {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires transitive com.omendb.pagecache;
  requires com.omendb.pq;
  requires jdk.jfr;
  requires org.lz4.java;

  exports com.omendb.diskann;
  exports com.omendb.diskann.build to
      com.omendb.hnswif;
  exports com.omendb.diskann.check to
      com.omendb.hnswif;
  exports com.omendb.diskann.forecast to
      com.omendb.hnswif;
  exports com.omendb.diskann.format to
      com.omendb.hnswif;
  exports com.omendb.diskann.search to
      com.omendb.hnswif;
  exports com.omendb.diskann.snapshot;
  exports com.omendb.diskann.vamana to
      com.omendb.hnswif;

  provides com.omendb.vectors.IndexKind with
      com.omendb.diskann.DiskAnnKind;
}
