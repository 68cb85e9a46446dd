/// The index API that users code against, and what every kind of index shares: the directory of an
/// index and its publication, checks, snapshots, checkpoints of builds, and the frame of serving.
@org.jspecify.annotations.NullMarked
module com.omendb.store {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires transitive com.omendb.pagecache;
  requires jdk.jfr;
  requires org.lz4.java;

  exports com.omendb.store;
  exports com.omendb.store.metrics;
  exports com.omendb.store.repair;
  exports com.omendb.store.snapshot;
  exports com.omendb.store.verify;
  exports com.omendb.store.building to
      com.omendb.diskann;
  exports com.omendb.store.checking to
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.store.checkpoint to
      com.omendb.diskann;
  exports com.omendb.store.directory to
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.store.part to
      com.omendb.diskann,
      com.omendb.hnswif;
  exports com.omendb.store.serving to
      com.omendb.diskann;

  uses com.omendb.store.IndexKind;
}
