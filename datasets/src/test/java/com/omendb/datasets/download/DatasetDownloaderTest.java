package com.omendb.datasets.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.files.VectorFormat;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.Seeds;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what is in the folder afterwards is byte for byte what the server has; an
/// interrupted download goes on where it stopped; wrong bytes are never kept under the right name;
/// without a network the message says what to put where, and what was put there is taken.
class DatasetDownloaderTest {
  private static final HttpFetcher.Patience IMPATIENT =
      new HttpFetcher.Patience(3, Duration.ZERO, Duration.ofSeconds(20));

  @TempDir Path folder;
  @TempDir Path scratch;

  private final byte[] content = new byte[200_000];
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final DatasetDownloader downloader = new DatasetDownloader(IMPATIENT);
  private HttpServer server;

  /// How many bytes the server sends of a body before it breaks the connection; 0: all.
  private volatile int cutAfterBytes;

  private volatile boolean ignoreRanges;
  private volatile String tag = "\"first\"";

  DatasetDownloaderTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    Seeds.random("DatasetDownloaderTest", 5).nextBytes(content);
    files.put("/content", content);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void fetchesAFileOnceAndVerifiesItLater() throws IOException {
    Dataset dataset = keep(source("/content", content.length, sum(content)));
    DatasetFiles result = downloader.download(dataset, folder, Progress.NONE);
    assertArrayEquals(content, Files.readAllBytes(result.base()));
    assertEquals(folder.resolve("file.u8bin"), result.base());
    downloader.download(dataset, folder, Progress.NONE);
    assertEquals(1, requests.size());
    assertOnly("file.u8bin", "file.u8bin.sha256");
    flipByte(result.base());
    DownloadException e = assertFails(dataset);
    assertTrue(TestVectors.message(e).contains("delete the file"), e.getMessage());
    assertTrue(Files.exists(result.base()), "a user's file is never deleted");
  }

  @Test
  void withoutPublishedFiguresTheFirstDownloadIsTheReference() throws IOException {
    Dataset dataset = keep(DownloadSource.unknown(address("/content")));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertEquals(sum(content), Checksums.recorded(path).orElseThrow());
    downloader.download(dataset, folder, Progress.NONE);
    flipByte(path);
    assertTrue(TestVectors.message(assertFails(dataset)).contains("actual="));
  }

  /// What an earlier attempt has left.
  private void begun(byte[] part) throws IOException {
    Files.write(folder.resolve("file.u8bin.part"), part);
    Files.writeString(folder.resolve("file.u8bin.part.tag"), "");
  }

  @Test
  void interruptedDownloadGoesOnWhereItStopped() throws IOException {
    begun(Arrays.copyOf(content, 70_000));
    Dataset dataset = keep(source("/content", content.length, sum(content)));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertArrayEquals(content, Files.readAllBytes(path));
    assertEquals(List.of("/content bytes=70000-"), requests);
  }

  @Test
  void brokenConnectionsAreResumedAsLongAsBytesCome() throws IOException {
    cutAfterBytes = 30_000;
    Dataset dataset = keep(source("/content", content.length, sum(content)));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertArrayEquals(content, Files.readAllBytes(path));
    assertTrue(requests.size() >= 7, requests.toString());
    assertOnly("file.u8bin", "file.u8bin.sha256");
  }

  @Test
  void changedFileIsFetchedAnew() throws IOException {
    byte[] old = new byte[content.length];
    Files.write(folder.resolve("file.u8bin.part"), Arrays.copyOf(old, 50_000));
    Files.writeString(folder.resolve("file.u8bin.part.tag"), "\"before\"");
    Dataset dataset = keep(DownloadSource.unknown(address("/content")));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertArrayEquals(content, Files.readAllBytes(path));
  }

  @Test
  void serverWithoutRangesIsAskedForEverything() throws IOException {
    ignoreRanges = true;
    begun(new byte[50_000]);
    Dataset dataset = keep(source("/content", content.length, sum(content)));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertArrayEquals(content, Files.readAllBytes(path));
  }

  @Test
  void partThatIsTooLongIsFetchedAnew() throws IOException {
    begun(new byte[content.length + 1]);
    for (DownloadSource source :
        List.of(
            DownloadSource.unknown(address("/content")),
            source("/content", content.length, sum(content)))) {
      Path path = downloader.download(keep(source), folder, Progress.NONE).base();
      assertArrayEquals(content, Files.readAllBytes(path));
      Files.delete(path);
      begun(content);
    }
  }

  @Test
  void wrongSizeIsToldBeforeAnythingIsFetched() throws IOException {
    DownloadException e = assertFails(keep(source("/content", content.length - 1L, sum(content))));
    assertTrue(TestVectors.message(e).contains("wrong size: expected=199999, actual=200000"));
    assertOnly();
  }

  @Test
  void wrongChecksumLeavesNothing() throws IOException {
    DownloadException e =
        assertFails(keep(source("/content", content.length, sum(new byte[] {1}))));
    assertTrue(TestVectors.message(e).contains("wrong checksum"), e.getMessage());
    assertOnly();
  }

  @Test
  void nextSourceIsTriedWhenOneFails() throws IOException {
    Dataset dataset =
        keep(
            DownloadSource.unknown("ftp://localhost/content"),
            DownloadSource.unknown(address("/absent")),
            source("/content", content.length, sum(new byte[] {1})),
            source("/content", content.length, sum(content)));
    Path path = downloader.download(dataset, folder, Progress.NONE).base();
    assertArrayEquals(content, Files.readAllBytes(path));
  }

  @Test
  void withoutNetworkTheMessageSaysWhatToPutWhereAndThatIsTaken() throws IOException {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    Dataset dataset =
        keep(
            source("http://localhost:" + closedPort + "/content", content.length, sum(content)),
            source("ftp://localhost/elsewhere", content.length, sum(content)));
    String message = TestVectors.message(assertFails(dataset));
    assertTrue(message.contains("ftp://localhost/elsewhere"), message);
    assertTrue(message.contains("200000 bytes"), message);
    assertTrue(message.contains(sum(content)), message);
    assertTrue(message.contains("as " + folder.resolve("file.u8bin")), message);
    Files.write(folder.resolve("file.u8bin"), content);
    downloader.download(dataset, folder, Progress.NONE);
    assertTrue(requests.isEmpty());
  }

  @Test
  void firstRowsAreFetchedWithACorrectedHeader() throws IOException {
    byte[] large = bin(1_000_000, 8, 5_000);
    files.put("/large", large);
    for (boolean withoutRanges : new boolean[] {false, true}) {
      ignoreRanges = withoutRanges;
      Path own = Files.createDirectory(folder.resolve("own-" + withoutRanges));
      Dataset dataset = firstRows("/large");
      Path path = downloader.download(dataset, own, Progress.NONE).base();
      try (VectorFile file = VectorFile.open(path)) {
        assertEquals(1000, file.vectors().count());
        assertEquals(large[8 + 8 * 999 + 7] & 0xff, file.vectors().element(999, 7));
      }
      downloader.download(dataset, own, Progress.NONE);
    }
    assertEquals(List.of("/large bytes=0-8007", "/large bytes=0-8007"), requests);
  }

  @Test
  void rowsCutOutByHandGetTheRightHeader() throws IOException {
    Files.write(folder.resolve("file.u8bin"), Arrays.copyOf(bin(1_000_000, 8, 1_000), 8008));
    Path path = downloader.download(firstRows("/large"), folder, Progress.NONE).base();
    try (VectorFile file = VectorFile.open(path)) {
      assertEquals(1000, file.vectors().count());
    }
  }

  @Test
  void sourceWithTooFewRowsIsRefused() {
    files.put("/large", bin(999, 8, 999));
    assertTrue(TestVectors.message(assertFails(firstRows("/large"))).contains("wrong size"));
  }

  @Test
  void truthIsSplitIntoRowsAndDistances() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 6 * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(2).putInt(3);
    for (int id = 0; id < 6; id++) {
      bytes.putInt(10 + id);
    }
    for (int id = 0; id < 6; id++) {
      bytes.putFloat(id / 2f);
    }
    files.put("/gt", bytes.array());
    DatasetFile file =
        new DatasetFile(
            "gt",
            List.of(DownloadSource.unknown(address("/gt"))),
            new Unpacking.SplitTruth(),
            List.of("gt.ibin", "gt.distances.fbin"));
    downloader.download(dataset(file), folder, Progress.NONE);
    GroundTruth truth = GroundTruth.read(folder.resolve("gt.ibin"));
    assertEquals(14, truth.id(1, 1));
    assertEquals(2.5f, truth.distance(1, 2));
    assertOnly("gt.ibin", "gt.ibin.sha256", "gt.distances.fbin", "gt.distances.fbin.sha256");
    downloader.download(dataset(file), folder, Progress.NONE);
    assertEquals(1, requests.size());
  }

  @Test
  void compressedFileIsInflated() throws IOException {
    Path plain = Files.write(folder.resolve("plain"), content);
    files.put("/plain.gz", Files.readAllBytes(TestVectors.gzip(plain)));
    Files.delete(plain);
    Files.delete(folder.resolve("plain.gz"));
    DatasetFile file =
        new DatasetFile(
            "plain.gz",
            List.of(DownloadSource.unknown(address("/plain.gz"))),
            new Unpacking.Gzip(),
            List.of("plain"));
    downloader.download(dataset(file), folder, Progress.NONE);
    assertArrayEquals(content, Files.readAllBytes(folder.resolve("plain")));
    assertOnly("plain", "plain.sha256");
  }

  @Test
  void progressAddsUpToTheBytesOfTheFile() throws IOException {
    begun(Arrays.copyOf(content, 70_000));
    long[] seen = new long[2];
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            seen[0] += totalUnits;
          }

          @Override
          public void advance(long units) {
            seen[1] += units;
          }
        };
    downloader.download(keep(source("/content", 200_000, sum(content))), folder, progress);
    assertArrayEquals(new long[] {200_000, 200_000}, seen);
  }

  @Test
  void everySetOfTheCatalogueIsConsistent() {
    DatasetCatalog catalog = new DatasetCatalog();
    for (Dataset dataset : catalog.all()) {
      assertEquals(dataset, catalog.named(dataset.name()));
      List<String> outputs =
          dataset.files().stream().flatMap(file -> file.outputs().stream()).toList();
      assertTrue(outputs.contains(dataset.base()), dataset.name());
      assertTrue(outputs.contains(dataset.queries().replaceFirst("#.*", "")), dataset.name());
      assertTrue(dataset.truth().stream().allMatch(outputs::contains), dataset.name());
      for (DatasetFile file : dataset.files()) {
        assertTrue(file.sources().getFirst().isHttp(), file.name());
      }
      for (String path : List.of(dataset.base(), dataset.queries())) {
        VectorFormat format = VectorFormat.ofPath(Path.of(path));
        assertTrue(
            format == VectorFormat.HDF5
                || format.elementType().equals(Optional.of(dataset.elementType())));
      }
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> catalog.named("sift2m"));
    assertTrue(TestVectors.message(e).contains("sift1m"), e.getMessage());
  }

  private DownloadException assertFails(Dataset dataset) {
    return assertThrows(
        DownloadException.class, () -> downloader.download(dataset, folder, Progress.NONE));
  }

  private void assertOnly(String... names) throws IOException {
    try (var list = Files.list(folder)) {
      List<String> there = list.map(path -> path.getFileName() + "").sorted().toList();
      assertEquals(Arrays.stream(names).sorted().toList(), there);
    }
  }

  private Dataset firstRows(String path) {
    return dataset(
        new DatasetFile(
            "file.u8bin",
            List.of(DownloadSource.unknown(address(path))),
            new Unpacking.FirstRows(1000, 8),
            List.of("file.u8bin")));
  }

  private static Dataset keep(DownloadSource... sources) {
    return dataset(DatasetFile.keep("file.u8bin", sources));
  }

  private static Dataset dataset(DatasetFile file) {
    String output = file.outputs().getFirst();
    return new Dataset(
        "test",
        "a test",
        1000,
        8,
        ElementType.UINT8,
        Metric.SQUARED_L2,
        1,
        List.of(file),
        output,
        output,
        Optional.empty());
  }

  private static byte[] bin(int statedRows, int dimension, int rows) {
    byte[] bytes = new byte[8 + rows * dimension];
    Seeds.random("bin", 1).nextBytes(bytes);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(statedRows).putInt(dimension);
    return bytes;
  }

  private DownloadSource source(String path, long bytes, String sum) {
    return new DownloadSource(
        URI.create(path.contains(":") ? path : address(path)),
        OptionalLong.of(bytes),
        Optional.of(sum));
  }

  private String address(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private String sum(byte[] bytes) {
    try {
      return Checksums.sha256(Files.write(scratch.resolve("bytes"), bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flipByte(Path path) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
  }

  /// A file server with ranges, validators and broken connections.
  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(range == null ? path : path + " " + range);
    byte[] bytes = files.get(path);
    if (bytes == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    exchange.getResponseHeaders().set("ETag", tag);
    int from = 0;
    int to = bytes.length;
    boolean partial =
        range != null && !ignoreRanges && (condition == null || condition.equals(tag));
    if (partial) {
      String[] parts = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(parts[0]);
      to = parts[1].isEmpty() ? to : Math.min(to, Integer.parseInt(parts[1]) + 1);
      if (from >= bytes.length) {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + bytes.length);
        exchange.sendResponseHeaders(416, -1);
        exchange.close();
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + bytes.length);
    }
    exchange.sendResponseHeaders(partial ? 206 : 200, to - from);
    int sent = cutAfterBytes > 0 ? Math.min(cutAfterBytes, to - from) : to - from;
    try {
      exchange.getResponseBody().write(bytes, from, sent);
      exchange.getResponseBody().flush();
    } catch (IOException _) {
      assertFalse(sent == 0, "the client may stop early");
    }
    exchange.close();
  }
}
