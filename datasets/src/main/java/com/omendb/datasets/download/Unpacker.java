package com.omendb.datasets.download;

import com.omendb.datasets.download.DatasetFile.Unpacking;
import com.omendb.datasets.files.BinHeader;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.io.DiskRoom;
import com.omendb.datasets.io.MatrixStage;
import com.omendb.datasets.io.StagedFile;
import com.omendb.datasets.tables.Content;
import com.omendb.vectors.memory.NativeMemory;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Makes the files that a user works with out of a fetched one.
final class Unpacker {
  private static final int BLOCK_BYTES = 1 << 20;

  private Unpacker() {}

  /// Unpacks a fetched file into those of its outputs that are missing.
  ///
  /// @throws VectorFileException if the fetched bytes are malformed
  static void unpack(DatasetFile file, Path fetched, Path folder, Set<String> missing)
      throws IOException {
    switch (file.unpacking()) {
      case Unpacking.Keep _ -> {}
      case Unpacking.Gzip _ -> inflate(fetched, folder.resolve(file.outputs().getFirst()));
      case Unpacking.TarGzip _ -> TarReader.extract(fetched, folder, missing);
      case Unpacking.FirstRows slice -> correctHeader(fetched, slice);
      case Unpacking.SplitTruth _ -> splitTruth(fetched, folder, file.outputs(), missing);
    }
  }

  /// Makes the header of a cut `bin` file tell the rows that are there.
  static void correctHeader(Path path, Unpacking.FirstRows slice) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() != slice.prefixBytes()) {
        throw new VectorFileException(
            "the file does not hold the first rows that it should",
            path,
            0,
            slice.prefixBytes() + " bytes",
            channel.size() + " bytes");
      }
      ByteBuffer header = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(header, 0);
      long rows = Integer.toUnsignedLong(header.getInt(0));
      if (rows < slice.rows()) {
        throw new VectorFileException(
            "the header tells fewer rows than were fetched", path, 0, slice.rows(), rows);
      }
      header.clear().putInt((int) slice.rows()).flip();
      channel.write(header, 0);
      channel.force(true);
    }
  }

  private static void inflate(Path fetched, Path target) throws IOException {
    long written = 0;
    try (InputStream file = Files.newInputStream(fetched);
        GZIPInputStream in = new GZIPInputStream(file, BLOCK_BYTES);
        StagedFile out = StagedFile.create(target)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (int read = in.read(block); read > 0; read = in.read(block)) {
        DiskRoom.require(fetched, read, fetched);
        out.append(ByteBuffer.wrap(block, 0, read));
        written += read;
      }
      out.publish();
    } catch (EOFException | ZipException e) {
      throw new VectorFileException(
          "the compressed data are broken or cut short",
          fetched,
          written,
          "a whole gzip stream",
          String.valueOf(e.getMessage()),
          e);
    }
  }

  // The first output is the rows, the second the distances.
  private static void splitTruth(
      Path fetched, Path folder, List<String> outputs, Set<String> missing) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(fetched, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      BinHeader header = BinHeader.read(bytes, fetched, Content.MAX_NEIGHBOURS);
      long half = header.rows() * header.columns() * Integer.BYTES;
      long expected = BinHeader.BYTES + 2 * half;
      if (bytes.byteSize() != expected) {
        throw new VectorFileException(
            "the file is no ground truth of " + header.rows() + " x " + header.columns(),
            fetched,
            0,
            expected + " bytes",
            bytes.byteSize() + " bytes");
      }
      MemorySegment ids = bytes.asSlice(BinHeader.BYTES, half);
      requireRowNumbers(fetched, ids);
      MemorySegment floats = bytes.asSlice(BinHeader.BYTES + half, half);
      Path rows = folder.resolve(outputs.getFirst());
      Path distances = folder.resolve(outputs.get(1));
      try (StagedFile rowFile = MatrixStage.write(rows, false, ids, header.columns());
          StagedFile file = MatrixStage.write(distances, false, floats, header.columns())) {
        if (missing.contains(outputs.get(1))) {
          file.publish();
        }
        if (missing.contains(outputs.getFirst())) {
          rowFile.publish();
        }
      }
    }
  }

  private static void requireRowNumbers(Path path, MemorySegment ids) throws VectorFileException {
    for (long at = 0; at < ids.byteSize(); at += Integer.BYTES) {
      int id = ids.get(NativeMemory.INT, at);
      if (id < 0) {
        throw new VectorFileException(
            "a row number is negative", path, BinHeader.BYTES + at, "at least 0", id);
      }
    }
  }
}
