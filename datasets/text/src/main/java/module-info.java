/// JSON lines, CSV and TSV for [com.omendb.datasets], which finds this module by itself.
@org.jspecify.annotations.NullMarked
module com.omendb.datasets.text {
  requires transitive static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.omendb.datasets;
  requires de.siegmar.fastcsv;

  provides com.omendb.datasets.tables.TableFormat with
      com.omendb.datasets.text.TextFormat;
}
