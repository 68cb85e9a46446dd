package com.omendb.datasets.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A download into a folder that holds files already touches none that it did not write.
class DownloadFolderTest {
  private static final DownloadSource SOURCE = DownloadSource.unknown("http://localhost:1/file");

  @TempDir Path folder;

  private static Dataset dataset(DatasetFile file) {
    String output = file.outputs().getFirst();
    return new Dataset(
        "test",
        "a test",
        1,
        1,
        ElementType.UINT8,
        Metric.SQUARED_L2,
        1,
        List.of(file),
        output,
        output,
        Optional.empty());
  }

  private DownloadException fails(DatasetFile file) {
    return assertThrows(
        DownloadException.class,
        () -> new DatasetDownloader().download(dataset(file), folder, Progress.NONE));
  }

  @Test
  void aPartThatWasNotBegunHereIsNotTouched() throws IOException {
    Path part = Files.writeString(folder.resolve("file.u8bin.part"), "precious");
    String message = TestVectors.message(fails(DatasetFile.keep("file.u8bin", SOURCE)));
    assertTrue(message.contains("no download that was begun here"), message);
    assertEquals("precious", Files.readString(part));
  }

  @Test
  void outputsThatAreThereAreNotUnpackedAgain() throws IOException {
    byte[] truth =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(1)
            .putInt(1)
            .putInt(7)
            .putFloat(0.5f)
            .array();
    DatasetFile file =
        new DatasetFile(
            "gt",
            List.of(SOURCE),
            new Unpacking.SplitTruth(),
            List.of("gt.ibin", "gt.distances.fbin"));
    byte[] own = {1, 2, 3};
    for (String output : file.outputs()) {
      Path ownFolder = Files.createDirectory(folder.resolve("with " + output));
      Files.write(ownFolder.resolve("gt"), truth);
      Path there = Files.write(ownFolder.resolve(output), own);
      new DatasetDownloader().download(dataset(file), ownFolder, Progress.NONE);
      assertArrayEquals(own, Files.readAllBytes(there));
      assertEquals(Checksums.sha256(there), Checksums.recorded(there).orElseThrow());
      for (String other : List.of("gt", "gt.ibin", "gt.distances.fbin")) {
        assertTrue(Files.exists(ownFolder.resolve(other)), other);
      }
    }
  }

  @Test
  void aRecordThatIsNoChecksumIsNotReplaced() throws IOException {
    Files.writeString(folder.resolve("file.u8bin"), "fetched by other means");
    Path record = Files.writeString(folder.resolve("file.u8bin.sha256"), "precious");
    fails(DatasetFile.keep("file.u8bin", SOURCE));
    assertThrows(DownloadException.class, () -> Checksums.record(folder.resolve("file.u8bin")));
    assertEquals("precious", Files.readString(record));
  }
}
