package com.omendb.datasets.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VectorFormatTest {

  @ParameterizedTest
  @EnumSource
  void isFoundByExtensionWhateverTheCaseAndCompression(VectorFormat format) {
    String extension = format.extension();
    assertEquals(format, VectorFormat.ofPath(Path.of("some", "base." + extension)));
    assertEquals(format, VectorFormat.ofPath(Path.of("base.1M." + extension + ".gz")));
    assertEquals(
        format, VectorFormat.ofPath(Path.of("BASE." + extension.toUpperCase(Locale.ROOT))));
  }

  @Test
  void dataSetWithinAnHdf5FileIsPartOfThePath() {
    for (String name : new String[] {"sift.hdf5#test", "SIFT.HDF5.gz#test", "sift.h5#test"}) {
      Path path = Path.of("folder", name);
      assertEquals(VectorFormat.HDF5, VectorFormat.ofPath(path));
      VectorFormat.TablePath parts = VectorFormat.TablePath.of(path);
      assertEquals(Path.of("folder", name.substring(0, name.indexOf('#'))), parts.file());
      assertEquals(Optional.of("test"), parts.table());
    }
    assertEquals(Optional.empty(), VectorFormat.TablePath.of(Path.of("sift.hdf5")).table());
    for (String name : new String[] {"sift.h5", "SIFT.H5", "sift.h5.gz"}) {
      assertEquals(VectorFormat.HDF5, VectorFormat.ofPath(Path.of(name)));
    }
    assertThrows(
        IllegalArgumentException.class, () -> VectorFormat.ofPath(Path.of("base.fbin#test")));
  }

  @Test
  void unknownExtensionIsRefusedWithTheKnownOnes() {
    for (String name : new String[] {"base.txt", "base", "base.gz", ".", "base.fvecs.zip"}) {
      String message =
          TestVectors.message(
              assertThrows(
                  IllegalArgumentException.class, () -> VectorFormat.ofPath(Path.of("x", name))));
      assertTrue(message.contains(".fvecs") && message.contains(".hdf5"), message);
      assertTrue(message.contains("path="), message);
    }
  }

  @Test
  void namesTheElementTypeOfVectorsOnly() {
    assertEquals(Optional.of(ElementType.UINT8), VectorFormat.BVECS.elementType());
    assertEquals(Optional.of(ElementType.FLOAT32), VectorFormat.FBIN.elementType());
    assertEquals(Optional.empty(), VectorFormat.IVECS.elementType());
    assertEquals(Optional.empty(), VectorFormat.HDF5.elementType());
  }
}
