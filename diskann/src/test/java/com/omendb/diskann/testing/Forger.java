package com.omendb.diskann.testing;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.BasePagesWriter;
import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.pagecache.file.Crc32c;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Changes indexes behind right checksums, as a faulty writer would.
public final class Forger {
  private final Path index;
  private final Manifest manifest;

  public Forger(Path index) throws IOException {
    this.index = index;
    this.manifest = Manifest.read(index);
  }

  /// The path of one of its files.
  public Path file(String name) {
    return Publication.filesOf(index, manifest.indexId()).resolve(name);
  }

  /// Vectors, ids and edges of an index, to be changed.
  public static final class Nodes {
    public final MemorySegment vectors;
    public final long[] ids;
    public final int[][] edges;

    private Nodes(MemorySegment vectors, long[] ids, int[][] edges) {
      this.vectors = vectors;
      this.ids = ids;
      this.edges = edges;
    }
  }

  /// Writes the pages and their directory anew after a change.
  public void changeNodes(Consumer<Nodes> change) throws IOException {
    int count = (int) manifest.count();
    try (Arena arena = Arena.ofShared()) {
      BasePageFormat.Header[] header = new BasePageFormat.Header[1];
      Nodes nodes = read(header, arena);
      change.accept(nodes);
      Path pages = file(BasePageFormat.FILE);
      Path directory = file(PageDirectory.FILE);
      Files.delete(pages);
      Files.delete(directory);
      int maxDegree = (int) header[0].largestDegree();
      new BasePagesWriter(
              VectorSource.dense(
                  nodes.vectors, count, manifest.dimension(), manifest.elementType()),
              manifest.metric(),
              Fixtures.graph(nodes.edges, maxDegree, (int) header[0].medoid(), arena),
              Fixtures.order(IntStream.range(0, count).toArray(), arena),
              new BitSet(),
              row -> nodes.ids[row])
          .write(Storage.disk().file(pages), manifest.indexId(), arena, Progress.NONE)
          .write(Storage.disk().file(directory), manifest.indexId());
    }
    signManifest();
  }

  private Nodes read(BasePageFormat.Header[] headerOut, Arena arena) throws IOException {
    MemorySegment file = map(BasePageFormat.FILE, arena);
    FileHeader fileHeader = header(file, BasePageFormat.MAGIC, BasePageFormat.VERSION);
    BasePageFormat.Header header = BasePageFormat.read(fileHeader);
    headerOut[0] = header;
    int count = (int) manifest.count();
    int vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
    Nodes nodes =
        new Nodes(
            arena.allocate((long) count * vectorBytes, 64), new long[count], new int[count][]);
    int pageBytes = fileHeader.pageBytes();
    PageView view =
        new PageView(
            pageBytes, vectorBytes, count, new NeighbourCodec(count, (int) header.baseBits()));
    int[] row = new int[NeighbourCodec.MAX_DEGREE];
    try {
      for (int page = 0; page < fileHeader.pageCount(); page++) {
        view.moveTo(file.address() + (page + 1L) * pageBytes);
        for (int slot = 0; slot < view.recordCount(); slot++) {
          int node = view.firstNode() + slot;
          MemorySegment.copy(
              NativeMemory.ALL,
              view.vectorAddress(slot),
              nodes.vectors,
              (long) node * vectorBytes,
              vectorBytes);
          nodes.ids[node] = view.vectorId(slot);
          nodes.edges[node] = Arrays.copyOf(row, view.neighbours(slot, row));
        }
      }
    } catch (MalformedPageException e) {
      throw new IOException(e);
    }
    return nodes;
  }

  private MemorySegment map(String name, Arena arena) throws IOException {
    byte[] bytes = Files.readAllBytes(file(name));
    MemorySegment file = arena.allocate(bytes.length, 4096);
    MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return file;
  }

  private FileHeader header(MemorySegment file, String magic, int version) throws IOException {
    return FileHeader.decode(file, index, magic, version, version);
  }

  /// Changes the payload of a flat file.
  public void changePayload(String name, String magic, int version, Consumer<MemorySegment> change)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = map(name, arena);
      FileHeader old = header(file, magic, version);
      MemorySegment payload = file.asSlice(FileHeader.BYTES);
      change.accept(payload);
      byte[] header =
          new FileHeader(
                  magic,
                  version,
                  old.indexId(),
                  0,
                  payload.byteSize(),
                  Crc32c.of(payload, 0, payload.byteSize()),
                  old.fields())
              .encode();
      MemorySegment.copy(header, 0, file, ValueLayout.JAVA_BYTE, 0, header.length);
      write(file(name), file);
    }
    signManifest();
  }

  /// Changes a page of the base layer.
  public void changePage(int page, Consumer<MemorySegment> change) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = map(BasePageFormat.FILE, arena);
      int pageBytes = header(file, BasePageFormat.MAGIC, BasePageFormat.VERSION).pageBytes();
      MemorySegment bytes = file.asSlice((page + 1L) * pageBytes, pageBytes);
      change.accept(bytes);
      bytes.set(NativeMemory.INT, 0, Crc32c.of(bytes, 4, pageBytes - 4L));
      write(file(BasePageFormat.FILE), file);
    }
    signManifest();
  }

  private static void write(Path path, MemorySegment bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(bytes.asByteBuffer());
    }
  }

  /// Writes lengths and checksums of the files, as they are now, into the manifest.
  public void signManifest() throws IOException {
    TreeMap<String, Manifest.FileEntry> files = new TreeMap<>();
    for (String name : manifest.files().keySet()) {
      byte[] bytes = Files.readAllBytes(file(name));
      int crc = Crc32c.of(MemorySegment.ofArray(bytes), 0, bytes.length);
      files.put(name, new Manifest.FileEntry(bytes.length, crc));
    }
    Files.write(index.resolve(Manifest.FILE), withFiles(manifest, files).encode());
  }

  private static Manifest withFiles(
      Manifest manifest, SortedMap<String, Manifest.FileEntry> files) {
    return new Manifest(
        manifest.kind(),
        manifest.indexId(),
        manifest.count(),
        manifest.dimension(),
        manifest.elementType(),
        manifest.metric(),
        manifest.settings(),
        files);
  }
}
