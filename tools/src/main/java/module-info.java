/// The command line, evaluation and reports.
@org.jspecify.annotations.NullMarked
module com.omendb.tools {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires com.omendb.datasets;
  requires com.omendb.diskann;
  requires com.omendb.pagecache;
  requires info.picocli;
  requires java.logging;
  requires static micrometer.core;

  exports com.omendb.tools.metrics;

  opens com.omendb.tools to
      info.picocli;
}
