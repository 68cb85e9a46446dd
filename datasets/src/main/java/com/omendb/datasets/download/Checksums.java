package com.omendb.datasets.download;

import com.omendb.datasets.io.StagedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// SHA-256 of files, and records of them beside the files (`X.sha256`, in the form that the usual
/// command line tools write and check).
final class Checksums {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final String RECORD_SUFFIX = ".sha256";
  private static final int DIGITS = 64;

  private Checksums() {}

  /// The SHA-256 of a file in lower-case hexadecimal.
  static String sha256(Path path) throws IOException {
    MessageDigest digest = newDigest();
    byte[] block = new byte[BLOCK_BYTES];
    try (InputStream in = Files.newInputStream(path)) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Writes down the checksum of a file beside it, in place of an older one.
  ///
  /// @throws DownloadException if there is a file of that name that is no checksum
  static void record(Path path) throws IOException {
    recorded(path);
    byte[] line =
        (sha256(path) + "  " + path.getFileName() + "\n").getBytes(StandardCharsets.UTF_8);
    try (StagedFile file = StagedFile.create(recordOf(path))) {
      file.append(ByteBuffer.wrap(line));
      file.publish();
    }
  }

  /// The checksum that was written down for a file, if any.
  ///
  /// @throws DownloadException if the record is no checksum
  static Optional<String> recorded(Path path) throws IOException {
    Path record = recordOf(path);
    if (!Files.exists(record)) {
      return Optional.empty();
    }
    String text = Files.readString(record, StandardCharsets.UTF_8);
    if (text.length() < DIGITS || !text.substring(0, DIGITS).matches("[0-9a-f]*")) {
      throw new DownloadException("this file holds no SHA-256; delete it: path=" + record);
    }
    return Optional.of(text.substring(0, DIGITS));
  }

  static Path recordOf(Path path) {
    return path.resolveSibling(path.getFileName() + RECORD_SUFFIX);
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
