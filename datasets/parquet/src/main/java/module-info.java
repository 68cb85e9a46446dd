/// Parquet files for [com.omendb.datasets], which finds this module by itself.
@org.jspecify.annotations.NullMarked
module com.omendb.datasets.parquet {
  requires transitive static org.jspecify;
  // Hardwood is an automatic module and cannot name the codecs that it uses where they are; a
  // program that is started from the module path would not find them without these lines.
  requires com.github.luben.zstd_jni;
  requires com.omendb.datasets;
  requires dev.hardwood.core;
  requires org.xerial.snappy;

  provides com.omendb.datasets.tables.TableFormat with
      com.omendb.datasets.parquet.ParquetFormat;
}
