/// Vector file formats, the catalogue of public sets, synthetic data, exact ground truth and
/// recall.
@org.jspecify.annotations.NullMarked
module com.omendb.datasets {
  requires transitive static org.jspecify;
  requires transitive com.omendb.vectors;
  requires java.net.http;
  requires io.jhdf;
  // jHDF is an automatic module and cannot name what it needs; without these lines a program that
  // is
  // started from the module path would not find them.
  requires com.ning.compress.lzf;
  requires org.apache.commons.lang3;
  requires org.slf4j;

  exports com.omendb.datasets;
}
