package com.omendb.datasets.download;

import com.omendb.datasets.io.DiskRoom;
import com.omendb.datasets.io.StagedFile;
import com.omendb.vectors.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fetches a file, or its first bytes, over HTTP into `X.part`, and goes on where an earlier
/// attempt stopped.
///
/// Beside `X.part` stands `X.part.tag` with the server's validator of the file (ETag or
/// Last-Modified), or nothing in it: if the file has changed meanwhile, the server is asked to
/// begin anew (RFC 9110, `If-Range`). An `X.part` without it was not begun here, and is not
/// touched.
final class HttpFetcher implements AutoCloseable {
  /// How patient a fetcher is.
  ///
  /// @param attempts attempts in a row without a single byte before it gives up
  /// @param pause wait before the second attempt; later ones wait longer
  /// @param stall time without a byte after which a connection counts as broken
  record Patience(int attempts, Duration pause, Duration stall) {
    static final Patience NORMAL = new Patience(4, Duration.ofSeconds(1), Duration.ofSeconds(60));
  }

  private static final int BLOCK_BYTES = 1 << 16;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final HttpClient client;
  private final Patience patience;

  HttpFetcher(Patience patience) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
  }

  /// What is wanted of an address.
  ///
  /// @param sizeBytes length of the whole file, if known
  /// @param prefixBytes number of bytes wanted, if not the whole file
  record Wanted(URI address, OptionalLong sizeBytes, OptionalLong prefixBytes) {
    /// Bytes that will be in the file, or empty if only the server knows.
    OptionalLong bytes() {
      return prefixBytes.isPresent() ? prefixBytes : sizeBytes;
    }
  }

  /// A failure that another attempt will not cure.
  private static final class FinalException extends IOException {
    private static final long serialVersionUID = 1;

    FinalException(String message) {
      super(message);
    }
  }

  /// Fetches what is wanted into `part`.
  ///
  /// @param progress told of a phase and of the bytes as they come
  /// @throws java.nio.file.FileAlreadyExistsException if `part` is not from an earlier attempt
  /// @throws IOException if it cannot be had; `part` keeps what came
  void fetch(Wanted wanted, Path part, Progress progress) throws IOException, InterruptedException {
    if (Files.exists(part, LinkOption.NOFOLLOW_LINKS) && !Files.exists(tagOf(part))) {
      throw new FileAlreadyExistsException(
          part.toString(),
          null,
          "is in the way, and is not touched: it is no download that was begun here");
    }
    progress.phase("fetch " + wanted.address, wanted.bytes().orElse(0));
    progress.advance(Math.min(sizeOf(part), wanted.bytes().orElse(Long.MAX_VALUE)));
    int failures = 0;
    while (true) {
      long before = sizeOf(part);
      try {
        attempt(wanted, part, progress);
        return;
      } catch (FinalException | ConnectException | HttpTimeoutException e) {
        throw e;
      } catch (IOException e) {
        failures = sizeOf(part) > before ? 1 : failures + 1;
        if (failures >= patience.attempts) {
          throw e;
        }
        Thread.sleep(patience.pause.multipliedBy(failures));
      }
    }
  }

  /// Forgets a `part` that is there no longer.
  static void forget(Path part) throws IOException {
    Files.deleteIfExists(tagOf(part));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private void attempt(Wanted wanted, Path part, Progress progress)
      throws IOException, InterruptedException {
    long have = sizeOf(part);
    OptionalLong bytes = wanted.bytes();
    if (bytes.isPresent() && have == bytes.getAsLong()) {
      return;
    }
    if (bytes.isPresent() && have > bytes.getAsLong()) {
      Files.delete(part);
      have = 0;
    }
    HttpResponse<InputStream> response =
        client.send(request(wanted, part, have), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      long start = startOf(response, wanted, part, have);
      OptionalLong total = totalOf(response);
      requireSize(wanted, total);
      Files.writeString(tagOf(part), validatorOf(response).orElse(""), StandardCharsets.UTF_8);
      OptionalLong end = bytes.isPresent() ? bytes : total;
      if (end.isPresent()) {
        Path folder = part.toAbsolutePath().getParent();
        DiskRoom.require(folder == null ? part : folder, end.getAsLong() - start, part);
      }
      copy(body, part, start, end, wanted, progress);
    }
  }

  private static HttpRequest request(Wanted wanted, Path part, long have) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(wanted.address)
            .header("User-Agent", "omendb")
            .timeout(Duration.ofSeconds(60))
            .GET();
    if (have > 0 || wanted.prefixBytes.isPresent()) {
      String end = wanted.prefixBytes.isPresent() ? "" + (wanted.prefixBytes.getAsLong() - 1) : "";
      request.header("Range", "bytes=" + have + "-" + end);
    }
    String tag = have > 0 ? Files.readString(tagOf(part), StandardCharsets.UTF_8) : "";
    if (!tag.isEmpty()) {
      request.header("If-Range", tag);
    }
    return request.build();
  }

  /// The offset that the body begins at.
  private static long startOf(
      HttpResponse<InputStream> response, Wanted wanted, Path part, long have) throws IOException {
    int status = response.statusCode();
    if (status == OK) {
      return 0;
    }
    if (status == PARTIAL) {
      Matcher range = contentRange(response);
      if (!range.matches() || Long.parseLong(range.group(1)) != have) {
        Files.deleteIfExists(part);
        throw new IOException("the server sent another range than asked for: from=" + have);
      }
      return have;
    }
    if (status == RANGE_NOT_SATISFIABLE && have > 0) {
      Files.deleteIfExists(part);
      throw new IOException("the server has fewer bytes than were fetched before: have=" + have);
    }
    String message = "the server answered with an error: status=" + status;
    if (status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR) {
      throw new IOException(message);
    }
    throw new FinalException(message + ", address=" + wanted.address);
  }

  private static OptionalLong totalOf(HttpResponse<InputStream> response) {
    if (response.statusCode() == OK) {
      return response.headers().firstValueAsLong("Content-Length");
    }
    Matcher range = contentRange(response);
    return range.matches() && !range.group(2).equals("*")
        ? OptionalLong.of(Long.parseLong(range.group(2)))
        : OptionalLong.empty();
  }

  private static Matcher contentRange(HttpResponse<InputStream> response) {
    return CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
  }

  private static void requireSize(Wanted wanted, OptionalLong total) throws FinalException {
    if (total.isEmpty()) {
      return;
    }
    long actual = total.getAsLong();
    boolean wrong =
        wanted.prefixBytes.isPresent()
            ? actual < wanted.prefixBytes.getAsLong()
            : wanted.sizeBytes.isPresent() && actual != wanted.sizeBytes.getAsLong();
    if (wrong) {
      throw new FinalException(
          "the server's file has the wrong size: expected="
              + wanted.bytes().getAsLong()
              + ", actual="
              + actual);
    }
  }

  private static Optional<String> validatorOf(HttpResponse<InputStream> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> response.headers().firstValue("Last-Modified"));
  }

  private void copy(
      InputStream body, Path part, long start, OptionalLong end, Wanted wanted, Progress progress)
      throws IOException {
    long at = start;
    long limit = end.orElse(Long.MAX_VALUE);
    byte[] block = new byte[BLOCK_BYTES];
    try (FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        StallGuard guard = new StallGuard(body, patience.stall).start()) {
      out.truncate(start).position(start);
      while (at < limit) {
        int read = read(body, block, guard);
        if (read < 0) {
          break;
        }
        int taken = (int) Math.min(read, limit - at);
        for (ByteBuffer bytes = ByteBuffer.wrap(block, 0, taken); bytes.hasRemaining(); ) {
          write(out, bytes, part);
        }
        at += taken;
        progress.advance(taken);
        if (taken < read && wanted.prefixBytes.isEmpty()) {
          throw new FinalException("the server sent more than it should: expected=" + limit);
        }
      }
      out.force(true);
    }
    if (end.isPresent() && at < limit) {
      throw new IOException("the connection ended early: expected=" + limit + ", actual=" + at);
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes, Path part) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw StagedFile.named(part, e);
    }
  }

  private static int read(InputStream body, byte[] block, StallGuard guard) throws IOException {
    try {
      int read = body.read(block);
      guard.touch();
      return read;
    } catch (IOException e) {
      throw guard.stalled() ? new IOException("the connection stalled", e) : e;
    }
  }

  private static Path tagOf(Path part) {
    return part.resolveSibling(part.getFileName() + ".tag");
  }

  private static long sizeOf(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }
}
