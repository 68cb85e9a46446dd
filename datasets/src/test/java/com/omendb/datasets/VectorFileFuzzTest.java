package com.omendb.datasets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.DatasetFile.Unpacking;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Fuzz;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged vector files, ground truths and archives. Invariants: a reader refuses with an
/// [IOException], or every element that it then promises can be read; archives write nothing
/// outside their folder; memory follows the length of the file, not what the file says.
class VectorFileFuzzTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 5;

  @TempDir Path folder;

  /// A sound file of a format: rows of numbers that do not matter.
  private static byte[] sound(VectorFormat format, int rows, int columns) {
    boolean lengths = format.layout() == VectorFormat.Layout.ROW_LENGTHS;
    ByteBuffer bytes = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
    if (!lengths) {
      bytes.putInt(rows).putInt(columns);
    }
    for (int row = 0; row < rows; row++) {
      if (lengths) {
        bytes.putInt(columns);
      }
      for (int column = 0; column < columns * format.elementBytes(); column++) {
        bytes.put((byte) (row + column & 3));
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /// Makes the length agree with the header where that is possible.
  private static byte[] mend(VectorFormat format, byte[] input) {
    if (format.layout() == VectorFormat.Layout.HEADER && input.length >= 8) {
      ByteBuffer header = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
      long rows = Integer.toUnsignedLong(header.getInt(0));
      long columns = Integer.toUnsignedLong(header.getInt(4));
      long bytes = rows > 4096 || columns > 4096 ? 0 : rows * columns * format.elementBytes();
      return bytes > 0 && bytes < 1 << 16 ? Arrays.copyOf(input, 8 + (int) bytes) : input;
    }
    return input;
  }

  @Test
  void everyFormatInMemory() {
    Path path = Path.of("file");
    for (VectorFormat format : VectorFormat.values()) {
      if (format == VectorFormat.HDF5) {
        continue;
      }
      Fuzz.of(format.extension(), 501)
          .from(sound(format, ROWS, COLUMNS), sound(format, 1, 1), sound(format, 2, 300))
          .mending(input -> mend(format, input))
          .run(
              2_000,
              input -> {
                MemorySegment bytes = MemorySegment.ofArray(input);
                MatrixShape shape =
                    MatrixShape.read(
                        bytes, format, path, VectorSource.MAX_DIMENSION, 0, MappedMatrix.ALL_ROWS);
                requireInside(shape, format.elementBytes(), bytes.byteSize());
              });
    }
  }

  private static void requireInside(MatrixShape shape, int elementBytes, long bytes) {
    assertTrue(shape.rows() >= 1 && shape.columns() >= 1 && shape.firstOffset() >= 0);
    assertTrue(shape.strideBytes() >= (long) shape.columns() * elementBytes);
    long end =
        shape.firstOffset()
            + Math.multiplyExact(shape.rows() - 1, shape.strideBytes())
            + (long) shape.columns() * elementBytes;
    assertTrue(end <= bytes);
  }

  @Test
  void everyFormatInFiles() {
    for (VectorFormat format : VectorFormat.values()) {
      if (format == VectorFormat.HDF5) {
        continue;
      }
      for (String suffix : new String[] {"", ".gz"}) {
        Path path = folder.resolve("vectors." + format.extension() + suffix);
        Fuzz.of(format.extension() + suffix.replace('.', '-') + "-file", 502)
            .from(sound(format, ROWS, COLUMNS), sound(format, 2, 300))
            .mending(input -> mend(format, input))
            .run(
                60, input -> readFile(write(path, suffix.isEmpty() ? input : gzip(input)), format));
      }
    }
  }

  @Test
  void damagedCompression() throws Exception {
    for (VectorFormat format : new VectorFormat[] {VectorFormat.FVECS, VectorFormat.U8BIN}) {
      Path path = folder.resolve("vectors." + format.extension() + ".gz");
      Fuzz.of(format.extension() + "-deflate", 503)
          .from(gzip(sound(format, ROWS, COLUMNS)), gzip(sound(format, 3, 1000)))
          .run(60, input -> readFile(write(path, input), format));
    }
  }

  private static void readFile(Path path, VectorFormat format) throws IOException {
    if (format.isInteger()) {
      try (IntMatrix matrix = IntMatrix.open(path)) {
        int sum = matrix.get(0, 0) + matrix.get(matrix.rows() - 1, matrix.columns() - 1);
        assertEquals(sum, matrix.get(matrix.rows() - 1, matrix.columns() - 1) + matrix.get(0, 0));
      }
      return;
    }
    try (VectorFile file = VectorFile.open(path)) {
      requireReadable(file.vectors());
    }
    try (VectorFile file = VectorFile.open(path, 0, 1)) {
      requireReadable(file.vectors());
    }
  }

  private static void requireReadable(VectorSource vectors) {
    double sum = 0;
    for (long row = 0; row < vectors.count(); row++) {
      for (int column = 0; column < vectors.dimension(); column++) {
        sum += Math.abs(vectors.element(row, column));
      }
    }
    assertTrue(sum >= 0 || Double.isNaN(sum));
  }

  @Test
  void groundTruths() throws IOException {
    Path ids = folder.resolve("truth.ibin");
    Path distances = folder.resolve("truth.distances.fbin");
    byte[] first = sound(VectorFormat.IBIN, ROWS, COLUMNS);
    byte[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(sound(VectorFormat.FBIN, ROWS, COLUMNS), 0, both, first.length, first.length);
    Fuzz.of("ground-truth", 504)
        .from(both)
        .run(
            60,
            input -> {
              int split = Math.min(first.length, input.length);
              write(ids, Arrays.copyOf(input, split));
              write(distances, Arrays.copyOfRange(input, split, input.length));
              requireReadable(GroundTruth.read(ids));
            });
    byte[] joined = Arrays.copyOf(first, 2 * first.length - 8);
    System.arraycopy(both, first.length + 8, joined, first.length, first.length - 8);
    Files.deleteIfExists(distances);
    for (String name : new String[] {"joined.ibin", "joined", "joined.ibin.gz"}) {
      Fuzz.of("joined-truth" + name.substring(6).replace('.', '-'), 508)
          .from(joined, first)
          .mending(input -> mendJoined(input))
          .run(
              60,
              input ->
                  requireReadable(
                      GroundTruth.read(
                          write(folder.resolve(name), name.endsWith("gz") ? gzip(input) : input))));
    }
    Path fetched = folder.resolve("fetched");
    byte[] split = Arrays.copyOf(both, 2 * first.length - 8);
    System.arraycopy(both, first.length + 8, split, first.length, first.length - 8);
    DatasetFile file =
        new DatasetFile(
            "fetched",
            List.of(DownloadSource.unknown("https://nowhere.invalid/truth")),
            new Unpacking.SplitTruth(),
            List.of("rows.ibin", "distances.fbin"));
    Fuzz.of("split-truth", 505)
        .from(split)
        .run(
            50,
            input ->
                Unpacker.unpack(file, write(fetched, input), folder, Set.copyOf(file.outputs())));
  }

  /// Makes the length agree with a header that promises rows and distances.
  private static byte[] mendJoined(byte[] input) {
    byte[] rows = mend(VectorFormat.IBIN, input);
    return rows.length < 9 || rows.length > 1 << 16
        ? rows
        : Arrays.copyOf(rows, 2 * rows.length - 8);
  }

  private static void requireReadable(GroundTruth truth) {
    double sum = 0;
    for (long query = 0; query < truth.queryCount(); query++) {
      sum += truth.count(query);
      for (int rank = 0; rank < truth.k(); rank++) {
        sum += Math.abs((double) truth.id(query, rank));
        sum += truth.hasDistances() ? Math.abs(truth.distance(query, rank)) : 0;
      }
    }
    assertTrue(sum >= 0 || Double.isNaN(sum));
  }

  @Test
  void hdf5Files() throws Exception {
    Path path = folder.resolve("vectors.hdf5");
    byte[] halves =
        Files.readAllBytes(Path.of("src", "test", "resources", "golden", "halves.hdf5"));
    byte[][] sound = {hdf5(false), hdf5(true), halves};
    Fuzz.of("hdf5", 506)
        .from(sound)
        .allocating(1L << 30)
        .run(
            60,
            input -> {
              write(path, input);
              assertTrue(VectorFile.statedDistance(path).isEmpty() || input.length > 0);
              try (VectorFile file = VectorFile.openHdf5(path, "train")) {
                requireReadable(file.vectors());
              }
              requireReadable(GroundTruth.read(path));
            });
  }

  private byte[] hdf5(boolean chunked) throws IOException {
    Path path = folder.resolve(chunked + ".hdf5");
    float[][] train = new float[40][6];
    int[][] neighbors = new int[9][5];
    float[][] distances = new float[9][5];
    try (WritableHdfFile file = HdfFile.write(path)) {
      if (chunked) {
        DatasetCreationOptions options =
            DatasetCreationOptions.builder().chunkDimensions(7, 5).shuffle().deflate().build();
        file.putDataset("train", train, options);
        file.putDataset("neighbors", neighbors, options);
      } else {
        file.putDataset("train", train);
        file.putDataset("neighbors", neighbors);
        file.putDataset("distances", distances);
        file.putAttribute("distance", "euclidean");
      }
    }
    return Files.readAllBytes(path);
  }

  @Test
  void archives() throws Exception {
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path archive = folder.resolve("archive.tar.gz");
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    entry(tar, "set/", '5', new byte[0]);
    entry(tar, "set/base.fvecs", '0', new byte[700]);
    entry(tar, "link", '2', new byte[0]);
    entry(tar, "query.fvecs", '0', new byte[10]);
    tar.write(new byte[1024]);
    Set<String> wanted = Set.of("set/base.fvecs", "query.fvecs");
    Fuzz.of("tar", 507)
        .from(tar.toByteArray())
        .mending(VectorFileFuzzTest::mendTar)
        .run(
            60,
            input -> {
              try {
                TarReader.extract(write(archive, gzip(input)), inside, wanted);
              } finally {
                requireNothingOutside(inside, wanted);
              }
            });
  }

  private void requireNothingOutside(Path inside, Set<String> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertTrue(
            file.endsWith("archive.tar.gz") || wanted.contains(inside.relativize(file).toString()),
            file::toString);
      }
    }
  }

  private static void entry(ByteArrayOutputStream tar, String name, char type, byte[] content)
      throws IOException {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 124, String.format(Locale.ROOT, "%011o", content.length));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    checksum(header, 0);
    tar.write(header);
    tar.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static void checksum(byte[] tar, int at) {
    Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
    int sum = 0;
    for (int i = at; i < at + 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] digits = String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, tar, at + 148, digits.length);
  }

  private static byte[] mendTar(byte[] input) {
    for (int at = 0; at + 512 <= input.length; at += 512) {
      if (new String(input, at + 257, 5, StandardCharsets.US_ASCII).equals("ustar")) {
        checksum(input, at);
      }
    }
    return input;
  }

  private static byte[] gzip(byte[] input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      out.write(input);
    }
    return bytes.toByteArray();
  }

  // New files are faster to write than old ones, which the file system keeps safe.
  private static Path write(Path path, byte[] bytes) throws IOException {
    Files.deleteIfExists(path);
    return Files.write(path, bytes);
  }
}
