package com.omendb.diskann.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pq.CodeError;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.VectorCode;
import com.omendb.pq.kinds.InstalledCodes;
import com.omendb.pq.product.ProductKind;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Fuzz;
import com.omendb.vectors.testing.GuardedMemory;
import com.omendb.vectors.testing.Mender;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files of an index, their checksums mended, in memory behind which nothing can be read.
/// Invariants: a parser refuses with its typed exception, or everything that it then says is in
/// range; no address outside the bytes is formed.
class FormatFuzzTest {
  private static final int COUNT = 300;
  private static final int DIMENSION = 9;
  private static final int LARGEST_FILE = 1 << 18;
  private static final Path PATH = Path.of("file");
  private static final CodeSpec CODE = new CodeSpec(ProductKind.PQ, 3);
  private static final String[] MANIFEST_WORDS = {
    "-1",
    "0",
    "1",
    "2",
    "3",
    "2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "",
    " ",
    "..",
    "../x",
    "/x",
    "nan",
    "1-1-1-1-1",
    "00000000-0000-0000-0000-000000000000",
    "hybrid",
    "diskann",
    "float32",
    "uint8",
    "cosine",
    "ip",
    "4,3,2",
    "2,,3",
    "2,2147483648",
    "0",
    "1e3",
    "base.pages",
    "..pages",
    "a/b",
    "\u0000",
    "\u00ff",
    "0x10",
    "12288 9e51a91d",
    "-1 ffffffff",
    "9223372036854775807 00000000",
    "1 123456789",
    "+5",
    "crc32c",
    "=",
    "omendb-manifest"
  };

  @TempDir private static Path folder;

  private static Path index = Path.of("");
  private static Manifest manifest;
  private static GuardedMemory memory;

  @BeforeAll
  static void build() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      index =
          TestIndexes.build(
              TestRows.uniform(new SplittableRandom(7), COUNT, DIMENSION, ElementType.UINT8, arena),
              folder.resolve("index"),
              TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
                  .maxDegree(12)
                  .tuning(t -> t.buildListSize(16).codes("pq:3"))
                  .build());
    }
    manifest = Manifest.read(index);
    memory = new GuardedMemory(folder, LARGEST_FILE);
  }

  @AfterAll
  static void free() {
    memory.close();
  }

  private static byte[] file(String name) throws IOException {
    return Files.readAllBytes(Publication.filesOf(index, manifest.indexId()).resolve(name));
  }

  /// What reading a file of these bytes gives, once its checksums have been found right.
  private static SegmentFile.Content content(byte[] input, String magic, int version)
      throws IOException {
    byte[] bytes = Arrays.copyOf(input, Math.clamp(input.length, FileHeader.BYTES, LARGEST_FILE));
    FileHeader header =
        FileHeader.decode(MemorySegment.ofArray(bytes), PATH, magic, version, version);
    return new SegmentFile.Content(
        header, memory.place(bytes, FileHeader.BYTES, bytes.length - FileHeader.BYTES));
  }

  @Test
  void manifests() throws Exception {
    Fuzz.of("manifest", 301)
        .from(Files.readAllBytes(index.resolve(Manifest.FILE)))
        .mending(Mender::manifest)
        .damaging(FormatFuzzTest::damageLines)
        .run(
            3_000,
            input -> {
              Manifest read = Manifest.decode(input, PATH);
              assertTrue(read.count() >= 1 && read.dimension() >= 1);
              Path files = Publication.filesOf(index, read.indexId());
              assertEquals(index, files.getParent());
              for (String name : read.files().keySet()) {
                assertEquals(files, files.resolve(name).normalize().getParent());
              }
              for (CodeSpec code : CodeNames.ofManifest(read, PATH, InstalledCodes.KINDS)) {
                assertTrue(code.bytes() >= 1 && code.bytes() <= read.dimension());
              }
              Manifest again = Manifest.decode(read.encode(), PATH);
              assertEquals(read, again);
              assertArrayEquals(read.encode(), again.encode());
            });
  }

  /// Whole lines and values are exchanged for others.
  private static byte[] damageLines(byte[] input, SplittableRandom random) {
    List<String> lines =
        new ArrayList<>(new String(input, StandardCharsets.ISO_8859_1).lines().toList());
    for (int rest = random.nextInt(1, 4); rest > 0 && !lines.isEmpty(); rest--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      String name = line.substring(0, Math.max(0, line.indexOf('=')));
      String word = MANIFEST_WORDS[random.nextInt(MANIFEST_WORDS.length)];
      switch (random.nextInt(6)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(random.nextInt(lines.size()), line);
        case 2 -> lines.set(at, word + line.substring(name.length()));
        case 3 ->
            lines.set(at, name.replaceFirst("\\..*", "." + word) + line.substring(name.length()));
        default -> lines.set(at, name + "=" + word);
      }
    }
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void pages() throws Exception {
    byte[] base = file(BasePageFormat.FILE);
    int pageBytes = 4096;
    byte[][] pages = new byte[base.length / pageBytes - 1][];
    for (int page = 0; page < pages.length; page++) {
      pages[page] = Arrays.copyOfRange(base, (page + 1) * pageBytes, (page + 2) * pageBytes);
    }
    int baseBits =
        (int)
            BasePageFormat.read(
                    FileHeader.decode(
                        MemorySegment.ofArray(base),
                        PATH,
                        BasePageFormat.MAGIC,
                        BasePageFormat.VERSION,
                        BasePageFormat.VERSION))
                .baseBits();
    PageView view = new PageView(pageBytes, DIMENSION, COUNT, new NeighbourCodec(COUNT, baseBits));
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    Fuzz.of("page", 302)
        .from(pages)
        .damaging(FormatFuzzTest::damagePage)
        .allowing(MalformedPageException.class)
        .run(
            5_000,
            input -> {
              long address = memory.place(Arrays.copyOf(input, pageBytes)).address();
              view.moveTo(address);
              long sum = 0;
              for (int slot = 0; slot < view.recordCount(); slot++) {
                assertEquals(slot, view.requireSlot(view.firstNode() + slot));
                long vector = view.vectorAddress(slot);
                assertTrue(vector >= address + 16 && vector + DIMENSION <= address + pageBytes);
                sum += NativeMemory.ALL.get(NativeMemory.BYTE, vector + DIMENSION - 1);
                assertTrue(view.vectorId(slot) >= 0);
                requireAscending(neighbours, view.neighbours(slot, neighbours), COUNT);
              }
              assertTrue(sum > Long.MIN_VALUE);
            });
  }

  private static void requireAscending(int[] neighbours, int degree, int vertexCount) {
    int previous = -1;
    for (int i = 0; i < degree; i++) {
      assertTrue(neighbours[i] > previous && neighbours[i] < vertexCount);
      previous = neighbours[i];
    }
  }

  /// Tables and degrees are exchanged for others.
  private static byte[] damagePage(byte[] page, SplittableRandom random) {
    int count = (page[12] & 0xff) | (page[13] & 0xff) << 8;
    for (int rest = random.nextInt(1, 4); rest > 0; rest--) {
      int slot = random.nextInt(Math.max(1, count));
      int entry = 16 + 2 * slot;
      int record = Math.min(page.length - 16, (page[entry] & 0xff) | (page[entry + 1] & 0xff) << 8);
      switch (random.nextInt(4)) {
        case 0 -> {
          page[entry] = (byte) random.nextInt();
          page[entry + 1] = (byte) random.nextInt(17);
        }
        case 1 -> page[12] = (byte) random.nextInt();
        case 2 -> page[8 + random.nextInt(4)] = (byte) random.nextInt();
        default -> page[record + DIMENSION + random.nextInt(4)] = (byte) random.nextInt();
      }
    }
    return page;
  }

  @Test
  void lists() throws Exception {
    int vertexCount = 70_000;
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    List<byte[]> sound = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(2048);
      for (int baseBits : new int[] {0, 3, 16}) {
        NeighbourCodec codec = new NeighbourCodec(vertexCount, baseBits);
        for (int degree : new int[] {0, 1, 5, 32, 250}) {
          int[] list = random.ints(0, vertexCount).distinct().limit(degree).sorted().toArray();
          long end = codec.write(room.address() + 8, list, degree);
          byte[] bytes = new byte[(int) (end - room.address())];
          MemorySegment.copy(room, NativeMemory.BYTE, 0, bytes, 0, bytes.length);
          bytes[0] = (byte) baseBits;
          sound.add(bytes);
        }
      }
    }
    // The first byte says the baseBits, so that the codec is part of the input; 8 come before it.
    Fuzz.of("neighbour-list", 303)
        .from(sound.toArray(new byte[0][]))
        .run(
            10_000,
            input -> {
              byte[] bytes = Arrays.copyOf(input, Math.max(9, input.length));
              NeighbourCodec codec =
                  new NeighbourCodec(
                      vertexCount, (bytes[0] & 0xff) % (NeighbourCodec.MAX_BASE_BITS + 1));
              MemorySegment place = memory.place(bytes);
              long end = place.address() + bytes.length;
              int degree = codec.read(place.address() + 8, end, neighbours);
              if (degree >= 0) {
                requireAscending(neighbours, degree, vertexCount);
                assertTrue(place.address() + 8 + codec.length(place.address() + 8) <= end);
              }
            });
  }

  @Test
  void pageDirectories() throws Exception {
    byte[] whole = file(PageDirectory.FILE);
    int pageCount = pageCount();
    Fuzz.of("pages-dir", 304)
        .from(whole)
        .mending(Mender::segment)
        .run(
            1_500,
            input -> {
              PageDirectory directory =
                  PageDirectory.of(
                      content(input, "OMENPDIR", 1), PATH, manifest.indexId(), COUNT, pageCount);
              int previous = 0;
              assertEquals(0, directory.firstNode(0));
              for (int node = 0; node < COUNT; node++) {
                int page = directory.page(node);
                assertTrue(page == previous || page == previous + 1);
                assertTrue(page == previous || directory.firstNode(page) == node);
                previous = page;
              }
              assertEquals(pageCount - 1, previous);
            });
  }

  private static int pageCount() throws IOException {
    return file(BasePageFormat.FILE).length / 4096 - 1;
  }

  @Test
  void codes() throws Exception {
    damageCodes("codes", 305, 2_000, "OMENCODE", COUNT);
  }

  @Test
  void codesOfMeans() throws Exception {
    damageCodes("means", 308, 1_000, "OMENMEAN", pageCount());
  }

  private static void damageCodes(String name, long seed, int runs, String magic, int count)
      throws Exception {
    Fuzz.of(name, seed)
        .from(file(name + "-3.pq"))
        .mending(Mender::segment)
        .run(
            runs,
            input -> {
              MemorySegment codes =
                  CodesFile.codes(content(input, magic, 2), PATH, manifest.indexId(), count, CODE);
              assertEquals(count * 3L, codes.byteSize());
            });
  }

  @Test
  void codebooks() throws Exception {
    Fuzz.of("codebook", 306)
        .from(file("codebook-3.pq"))
        .mending(Mender::segment)
        .damaging(
            (bytes, random) -> {
              // A number of the header, or one of the centroids.
              int at = random.nextBoolean() ? 48 + random.nextInt(64) : 4096 + random.nextInt(4000);
              bytes[at] = (byte) random.nextInt(-1, 128);
              bytes[at / 4 * 4 + 3] = (byte) random.nextInt();
              return bytes;
            })
        .run(
            1_000,
            input -> {
              SegmentFile.Content file = content(input, "OMENBOOK", 2);
              VectorCode quantizer =
                  CodesFile.code(
                      file, PATH, manifest.indexId(), DIMENSION, manifest.metric(), CODE);
              float[] decoded = new float[DIMENSION];
              byte[] code = {0, -1, 127};
              quantizer.decode(MemorySegment.ofArray(code), 0, decoded);
              for (float value : decoded) {
                assertTrue(Float.isFinite(value));
              }
              CodeError error = CodesFile.error(file, PATH);
              assertTrue(error.relativeError() * error.scale(0) >= 0);
            });
  }

  @Test
  void graphs() throws Exception {
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    for (String name : new String[] {"pages.graph", "thin.graph"}) {
      int vertexCount = name.equals("thin.graph") ? COUNT : pageCount();
      Fuzz.of(name.replace('.', '-'), 307)
          .from(file(name))
          .mending(Mender::segment)
          .run(
              700,
              input -> {
                NeighbourLists lists =
                    NeighbourLists.of(
                        content(input, "OMENLIST", 1), PATH, manifest.indexId(), vertexCount);
                int[] all = new int[vertexCount];
                for (int vertex = 0; vertex < vertexCount; vertex++) {
                  all[vertex] = vertex;
                  int degree = lists.copy(vertex, neighbours);
                  assertTrue(degree >= 0 && degree <= lists.largestDegree());
                  requireAscending(neighbours, degree, vertexCount);
                }
                lists.touch(all, vertexCount);
              });
    }
  }

  @Test
  void aManifestNeverLeadsOutOfItsDirectory() {
    UUID id = new UUID(1, 2);
    for (String name : new String[] {"../x", "a/b", "/etc", "..", ".", "", "A", "a\\b", "a b"}) {
      String text =
          "omendb-manifest=4\nkind=diskann\nindexId="
              + id
              + "\ncount=1\ndimension=1\nelementType=uint8\nmetric=l2\nfile."
              + name
              + "=1 00000000\n";
      byte[] bytes = Mender.manifest(text.getBytes(StandardCharsets.UTF_8));
      assertThrows(IOException.class, () -> Manifest.decode(bytes, PATH), name);
    }
  }
}
