/// Vector file formats, the catalogue of public sets, synthetic data, exact ground truth and
/// recall.
@org.jspecify.annotations.NullMarked
module com.omendb.datasets {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;

  exports com.omendb.datasets;
}
