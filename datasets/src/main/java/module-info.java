/// Vector file formats, the catalogue of public sets, synthetic data, exact ground truth and
/// recall. Formats that need a library are read by modules of their own, which provide a
/// [com.omendb.datasets.tables.TableFormat].
@org.jspecify.annotations.NullMarked
module com.omendb.datasets {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires java.net.http;

  exports com.omendb.datasets.download;
  exports com.omendb.datasets.files;
  exports com.omendb.datasets.synthetic;
  exports com.omendb.datasets.tables;
  exports com.omendb.datasets.truth;

  uses com.omendb.datasets.tables.TableFormat;
}
