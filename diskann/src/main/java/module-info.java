/// The Vamana graph: its build, its layout in SSD pages and the search over them.
@org.jspecify.annotations.NullMarked
module com.omendb.diskann {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires transitive com.omendb.pagecache;
  requires transitive com.omendb.pq;
}
