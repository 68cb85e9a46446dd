/// Aligned page files with checksums, read engines, the page cache and the memory budget.
@org.jspecify.annotations.NullMarked
module com.omendb.pagecache {
  requires transitive static org.jspecify;
  requires com.github.benmanes.caffeine;
  requires jdk.jfr;
  requires jdk.unsupported;

  exports com.omendb.errors;
  exports com.omendb.pagecache.cache to
      com.omendb.store,
      com.omendb.diskann;
  exports com.omendb.pagecache.file to
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.hnswif,
      com.omendb.tools;
  exports com.omendb.pagecache.memory to
      com.omendb.store,
      com.omendb.diskann,
      com.omendb.tools;
  exports com.omendb.pagecache.read to
      com.omendb.store,
      com.omendb.diskann;
  exports com.omendb.pagecache.storage;
}
