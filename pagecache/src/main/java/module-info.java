/// Aligned page files with checksums, read engines, the page cache and the memory budget.
@org.jspecify.annotations.NullMarked
module com.omendb.pagecache {
  requires transitive static org.jspecify;
  requires com.github.benmanes.caffeine;
  requires jdk.jfr;
  requires jdk.unsupported;

  exports com.omendb.errors;
  exports com.omendb.pagecache.cache;
  exports com.omendb.pagecache.file;
  exports com.omendb.pagecache.memory;
  exports com.omendb.pagecache.read;
  exports com.omendb.pagecache.storage;
}
