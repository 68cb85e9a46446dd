package com.omendb.pagecache.read;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.memory.AlignedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An open file that is read in large pieces from one end to the other: past the kernel's page
/// cache where the file system allows it, so that reading all of an index displaces nothing from
/// there.
///
/// Thread-safe. Nothing of the file is mapped, so that a file which becomes shorter while it is
/// read is an exception and nothing worse.
public final class FileScan implements AutoCloseable {
  private final Path path;
  private final long size;
  private final PageSource inBlocks;
  private final PageSource buffered;

  private FileScan(Path path, long size, PageSource inBlocks, PageSource buffered) {
    this.path = path;
    this.size = size;
    this.inBlocks = inBlocks;
    this.buffered = buffered;
  }

  /// Opens a file.
  ///
  /// @param direct whether to read past the kernel's page cache if possible
  /// @throws java.nio.file.NoSuchFileException when there is none
  public static FileScan open(Path path, boolean direct) throws IOException {
    long size = Files.size(path);
    PageSource buffered =
        new ChannelSource(FileChannel.open(path, StandardOpenOption.READ), path, false);
    if (!direct || size < FileHeader.BYTES) {
      return new FileScan(path, size, buffered, buffered);
    }
    try {
      return new FileScan(
          path, size, OpenedSource.open(path, true, PageReaderKind.PREAD).source(), buffered);
    } catch (IOException | RuntimeException e) {
      buffered.close();
      throw e;
    }
  }

  /// Where the file is.
  public Path path() {
    return path;
  }

  /// Bytes of the file when it was opened.
  public long size() {
    return size;
  }

  /// Fills native memory from the file. Memory and offset at multiples of
  /// [AlignedMemory#DIRECT_ALIGNMENT] are read fastest.
  ///
  /// @throws IOException when it cannot be read or ends before
  public void read(MemorySegment target, long offset) throws IOException {
    long blocks =
        isAligned(target.address()) && isAligned(offset)
            ? target.byteSize() / AlignedMemory.DIRECT_ALIGNMENT * AlignedMemory.DIRECT_ALIGNMENT
            : 0;
    if (blocks > 0) {
      inBlocks.read(target.asSlice(0, blocks), offset);
    }
    if (blocks < target.byteSize()) {
      buffered.read(target.asSlice(blocks), offset + blocks);
    }
  }

  private static boolean isAligned(long number) {
    return number % AlignedMemory.DIRECT_ALIGNMENT == 0;
  }

  @Override
  public void close() throws IOException {
    try {
      inBlocks.close();
    } finally {
      buffered.close();
    }
  }
}
