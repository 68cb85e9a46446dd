package com.omendb.datasets.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.testing.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Arrays of NumPy, made byte by byte from the description of the format.
class NpyTest {
  @TempDir Path folder;

  /// An array: magic bytes, version, length of the text, the text up to a multiple of 64, elements.
  private static byte[] array(int version, String text, Consumer<ByteBuffer> elements) {
    int before = version == 1 ? 10 : 12;
    int length = (before + text.length() + 64) / 64 * 64 - before;
    String padding = " ".repeat(length - text.length());
    return array(version, text + padding, elements, length);
  }

  private static byte[] array(int version, String text, Consumer<ByteBuffer> elements, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) length);
    } else {
      bytes.putInt(length);
    }
    bytes.put(text.getBytes(StandardCharsets.UTF_8));
    elements.accept(bytes);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static String header(String descr, int rows, int columns) {
    return "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }"
        .formatted(descr, rows, columns);
  }

  private Path write(byte[] bytes) throws IOException {
    Path path = folder.resolve("x.npy");
    Files.deleteIfExists(path);
    return Files.write(path, bytes);
  }

  private static void put(ByteBuffer bytes, float... values) {
    for (float value : values) {
      bytes.putFloat(value);
    }
  }

  private void assertElements(byte[] bytes, ElementType type, float... values) throws IOException {
    Path path = write(bytes);
    for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
      try (VectorFile file = VectorFile.open(each);
          VectorFile last = VectorFile.open(each, 1, 1)) {
        assertEquals(type, file.vectors().elementType());
        assertEquals(2, file.vectors().count());
        int columns = file.vectors().dimension();
        for (int i = 0; i < values.length; i++) {
          assertEquals(values[i], file.vectors().element(i / columns, i % columns));
        }
        assertEquals(values[columns], last.vectors().element(0, 0));
        assertEquals(Optional.empty(), VectorFile.statedDistance(each));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void floatsOfEveryVersionAreRead(int version) throws IOException {
    byte[] bytes = array(version, header("<f4", 2, 2), out -> put(out, 1.5f, -2, 3, 1e30f));
    assertElements(bytes, ElementType.FLOAT32, 1.5f, -2, 3, 1e30f);
  }

  @Test
  void elementsThatAreStoredAsNeededAreNotCopied() throws IOException {
    byte[] bytes = array(1, header("<f4", 2, 2), out -> put(out, 1, 2, 3, 4));
    try (VectorFile file = VectorFile.open(write(bytes))) {
      assertEquals(bytes.length, file.vectors().segment().byteSize());
      assertEquals(bytes.length - 16, file.vectors().firstOffset());
    }
  }

  @Test
  void elementsThatAreNotAlignedAreCopied() throws IOException {
    String text = header("<f4", 2, 2);
    for (int more = 0; more < 4; more++) {
      String padded = text + " ".repeat(more);
      byte[] bytes = array(1, padded, out -> put(out, 1, 2, 3, 4), padded.length());
      assertElements(bytes, ElementType.FLOAT32, 1, 2, 3, 4);
      try (VectorFile file = VectorFile.open(write(bytes))) {
        assertEquals(0, file.vectors().firstOffset() % 4);
      }
    }
  }

  @Test
  void halvesBecomeFloats() throws IOException {
    short[] halves = {0x3c00, (short) 0xc000, 0x0001, 0x7bff};
    byte[] bytes =
        array(
            1,
            header("<f2", 2, 2),
            out -> {
              for (short half : halves) {
                out.putShort(half);
              }
            });
    assertElements(bytes, ElementType.FLOAT32, 1, -2, 0x1p-24f, 65504);
  }

  @Test
  void doublesBecomeFloats() throws IOException {
    byte[] bytes =
        array(
            1,
            header("<f8", 2, 2),
            out -> out.putDouble(0.1).putDouble(-1e-300).putDouble(3e38).putDouble(7));
    assertElements(bytes, ElementType.FLOAT32, 0.1f, -0f, 3e38f, 7);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e39, -1e300, Double.NaN, Double.POSITIVE_INFINITY})
  void doublesThatNoFloatHoldsAreRefused(double value) throws IOException {
    Path path =
        write(
            array(
                1,
                header("<f8", 2, 2),
                out -> out.putDouble(1).putDouble(2).putDouble(3).putDouble(value)));
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    String message = TestVectors.message(e);
    assertTrue(message.contains("row=1, column=1"), message);
    assertTrue(message.endsWith("actual=" + value), message);
  }

  @Test
  void bytesKeepTheirSign() throws IOException {
    Consumer<ByteBuffer> elements = out -> out.put(new byte[] {1, 2, -1, -128});
    assertElements(array(1, header("|u1", 2, 2), elements), ElementType.UINT8, 1, 2, 255, 128);
    assertElements(array(1, header("<u1", 2, 2), elements), ElementType.UINT8, 1, 2, 255, 128);
    assertElements(array(1, header("|i1", 2, 2), elements), ElementType.INT8, 1, 2, -1, -128);
  }

  @Test
  void entriesMayComeInAnyOrderAndWithLongsOfPython2() throws IOException {
    String text = "{'shape': (2L, 2L), 'descr': '<f4', 'fortran_order': False}";
    assertElements(array(1, text, out -> put(out, 1, 2, 3, 4)), ElementType.FLOAT32, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }; Fortran order",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }; little-endian",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }; of this type",
        "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2), }; of this type",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }; of this type",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }; of this type",
        "{'descr': [('a', '<f4'), ('b', '<f4')], 'fortran_order': False, 'shape': (2, 2), };"
            + " structured",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }; two dimensions",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), }; two dimensions",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 2), }; two dimensions",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 2), }; two dimensions",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }; no rows",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }; row length",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 9000), }; row length",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }; shorter than its header",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }; goes on after its last row",
        "{'descr': '<f4', 'fortran_order': False, }; two dimensions",
        "{'fortran_order': False, 'shape': (2, 2), }; of this type",
        "{'descr': '<f4', 'shape': (2, 2), }; malformed",
        "descr: <f4; malformed",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2); malformed"
      })
  void otherArraysAreRefusedWithTheReason(String text, String reason) throws IOException {
    Path path = write(array(1, text, out -> put(out, 1, 2, 3, 4)));
    VectorFileException e =
        assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    assertTrue(TestVectors.message(e).contains(reason), e.getMessage());
    assertTrue(TestVectors.message(e).contains("path=" + path), e.getMessage());
  }

  @Test
  void otherVersionsAndOtherFilesAreRefused() throws IOException {
    byte[] sound = array(1, header("<f4", 2, 2), out -> put(out, 1, 2, 3, 4));
    byte[] version = sound.clone();
    version[6] = 4;
    byte[] magic = sound.clone();
    magic[0] = 'x';
    byte[] endless = array(2, header("<f4", 2, 2), out -> put(out, 1), Integer.MAX_VALUE);
    for (byte[] bytes :
        new byte[][] {version, magic, endless, new byte[0], Arrays.copyOf(sound, 11)}) {
      Path path = write(bytes);
      assertThrows(VectorFileException.class, () -> VectorFile.open(path).close());
    }
  }

  @Test
  void anArrayHoldsNoNeighbours() throws IOException {
    Path path = write(array(1, header("<f4", 2, 2), out -> put(out, 1, 2, 3, 4)));
    assertThrows(VectorFileException.class, () -> IntMatrix.open(path).close());
  }

  @Test
  void damagedArraysAreRefusedOrRead() {
    Consumer<ByteBuffer> zeros = out -> out.put(new byte[48]);
    Fuzz.of("npy", 511)
        .from(
            array(1, header("<f4", 4, 3), zeros),
            array(2, header("<f8", 2, 3), zeros),
            array(3, header("<f2", 4, 6), zeros),
            array(1, header("|u1", 12, 4), zeros))
        .damaging(NpyTest::otherText)
        .run(
            400,
            input -> {
              try (VectorFile file = VectorFile.open(write(input))) {
                TestVectors.requireReadable(file.vectors());
              }
            });
  }

  /// Replaces a digit of the text, which says shape and type, by another or by another character.
  private static byte[] otherText(byte[] input, SplittableRandom random) {
    for (int at = 8 + random.nextInt(80); at < Math.min(input.length, 128); at++) {
      if (Character.isDigit(input[at])) {
        input[at] = (byte) "0123456789(),' ".charAt(random.nextInt(15));
        return input;
      }
    }
    return input;
  }
}
