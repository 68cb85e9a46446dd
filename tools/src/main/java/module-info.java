/// The command line, evaluation and reports.
@org.jspecify.annotations.NullMarked
module com.omendb.tools {
  requires transitive static org.jspecify;
  requires com.omendb.datasets;
  requires com.omendb.diskann;
  requires transitive com.omendb.store;
  requires info.picocli;
  requires java.logging;
  requires static micrometer.core;

  exports com.omendb.tools.metrics;

  opens com.omendb.tools.command to
      info.picocli;
  opens com.omendb.tools.option to
      info.picocli;
}
