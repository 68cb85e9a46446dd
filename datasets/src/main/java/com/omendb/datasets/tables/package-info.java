/// What a reader of a format of its own implements: a file of tables, such as HDF5 or Parquet,
/// whose rows become those of a mapped matrix.
package com.omendb.datasets.tables;
