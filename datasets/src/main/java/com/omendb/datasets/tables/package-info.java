/// The interfaces that a reader of a further format implements: a file of tables, such as HDF5 or
/// Parquet, whose rows become those of a mapped matrix.
package com.omendb.datasets.tables;
