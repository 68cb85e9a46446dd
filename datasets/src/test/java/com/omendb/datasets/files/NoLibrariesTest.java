package com.omendb.datasets.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who depends on `omendb-datasets` gets none of the libraries that single formats need.
class NoLibrariesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.jhdf.HdfFile",
        "org.apache.commons.lang3.StringUtils",
        "org.slf4j.Logger",
        "com.ning.compress.lzf.LZFDecoder",
        "com.fasterxml.jackson.core.JsonFactory",
        "de.siegmar.fastcsv.reader.CsvReader",
        "dev.hardwood.reader.ParquetFileReader"
      })
  void noneIsOnTheClassPath(String name) {
    assertThrows(ClassNotFoundException.class, () -> Class.forName(name));
  }

  @Test
  void theModuleRequiresVectorsAndTheJdkOnly() {
    ModuleReference module =
        ModuleFinder.of(Path.of("target", "classes")).find("com.omendb.datasets").orElseThrow();
    Set<String> required = new TreeSet<>();
    for (ModuleDescriptor.Requires each : module.descriptor().requires()) {
      if (!each.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC)) {
        required.add(each.name());
      }
    }
    assertEquals(Set.of("com.omendb.vectors", "java.base", "java.net.http"), required);
  }
}
