package com.omendb.datasets.hdf5;

import com.omendb.datasets.tables.TableFile;
import com.omendb.datasets.tables.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Reads HDF5 files as those of ann-benchmarks with jHDF.
public final class Hdf5Format implements TableFormat {
  /// Made by [java.util.ServiceLoader].
  public Hdf5Format() {}

  @Override
  public Set<String> extensions() {
    return Set.of("hdf5", "h5");
  }

  @Override
  public TableFile open(Path path, Path plain) throws IOException {
    return new Hdf5File(path, plain);
  }
}
