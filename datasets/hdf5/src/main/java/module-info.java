/// HDF5 files for [com.omendb.datasets], which finds this module by itself.
@org.jspecify.annotations.NullMarked
module com.omendb.datasets.hdf5 {
  requires transitive static org.jspecify;
  requires com.omendb.datasets;
  requires io.jhdf;
  // jHDF is an automatic module and cannot name what it needs; a program that is started from the
  // module path would not find these without the lines below.
  requires com.ning.compress.lzf;
  requires org.apache.commons.lang3;
  requires org.slf4j;

  provides com.omendb.datasets.tables.TableFormat with
      com.omendb.datasets.hdf5.Hdf5Format;
}
