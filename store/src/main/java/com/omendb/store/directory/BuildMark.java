package com.omendb.store.directory;

import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/// The mark of a build: a file in a directory of index files. It says that no index needs them: a
/// build of them is under way or was cut short, or another index is taking their place. No
/// directory without it is ever deleted, whatever its name.
///
/// ```
/// omendb-mark=1
/// indexId=0b5f...
/// crc32c=5d3a0b77
/// ```
///
/// Whole means every byte, so that nothing else is taken for it: the name of the directory says
/// what the bytes must be.
final class BuildMark {
  /// File name within the directory.
  static final String FILE = "build.mark";

  private BuildMark() {}

  private static byte[] encode(String indexId) {
    String body = "omendb-mark=1\nindexId=" + indexId + "\n";
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return String.format(Locale.ROOT, "%scrc32c=%08x\n", body, (int) crc.getValue())
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether a directory, which is none behind a link, has the whole mark of an index.
  static boolean isIn(Path directory, String indexId) throws IOException {
    Path file = directory.resolve(FILE);
    byte[] expected = encode(indexId);
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == expected.length
        && Arrays.equals(Files.readAllBytes(file), expected);
  }

  /// Marks a directory, and makes that lasting.
  static void write(Storage storage, Path directory, String indexId) throws IOException {
    try (StorageFile file = storage.file(directory.resolve(FILE)).create()) {
      file.writeFully(ByteBuffer.wrap(encode(indexId)), 0);
      file.force();
    }
    storage.syncDirectory(directory);
  }
}
