package com.omendb.pagecache;

import com.omendb.pagecache.linux.IoUring;
import com.omendb.pagecache.linux.LinuxCalls;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// An open file and the engine that reads it best on this system, found by trying: the first bytes
/// are read once through each candidate.
///
/// @param source the open file
/// @param engine how its pages are to be read
record OpenedSource(PageSource source, ReadEngine engine) {
  private static final System.Logger LOGGER = System.getLogger("com.omendb.pagecache");

  /// The last choice told to the log, so that only changes are told.
  private static final AtomicReference<String> LAST_CHOICE = new AtomicReference<>("");

  private static final int PROBE_BYTES = FileHeader.BYTES;

  /// Opens a file of at least [FileHeader#BYTES] bytes.
  ///
  /// @param forced the engine to use, or null for the best
  /// @throws IOException when the file cannot be opened, or io_uring is forced and does not work
  static OpenedSource open(Path path, @Nullable ReadEngine forced) throws IOException {
    if (forced == ReadEngine.BUFFERED) {
      return chosen(openBuffered(path), ReadEngine.BUFFERED, "asked for");
    }
    PageSource direct = tryOpenDirect(path);
    if (direct == null) {
      if (forced == ReadEngine.IO_URING) {
        throw new IOException("io_uring was asked for, but direct reads are refused: path=" + path);
      }
      return chosen(openBuffered(path), ReadEngine.BUFFERED, "direct reads are refused");
    }
    if (forced == ReadEngine.PREAD) {
      return chosen(direct, ReadEngine.PREAD, "asked for");
    }
    String refusal = ringRefusal(direct);
    if (refusal == null) {
      return chosen(direct, ReadEngine.IO_URING, forced == null ? "the best here" : "asked for");
    }
    if (forced == ReadEngine.IO_URING) {
      direct.close();
      throw new IOException(
          "io_uring was asked for, but is refused: path=%s, reason=%s".formatted(path, refusal));
    }
    return chosen(direct, ReadEngine.PREAD, "io_uring is refused: " + refusal);
  }

  private static OpenedSource chosen(PageSource source, ReadEngine engine, String reason) {
    String choice = engine.label() + ", " + reason;
    if (!LAST_CHOICE.getAndSet(choice).equals(choice)) {
      LOGGER.log(Level.DEBUG, "page reader: {0}", choice);
    }
    return new OpenedSource(source, engine);
  }

  private static PageSource openBuffered(Path path) throws IOException {
    if (descriptorsServe(path)) {
      try {
        return new DescriptorSource(path, false);
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, "opening by descriptor failed, trying a channel", e);
      }
    }
    return new ChannelSource(FileChannel.open(path, StandardOpenOption.READ), path);
  }

  private static @Nullable PageSource tryOpenDirect(Path path) throws IOException {
    PageSource source = null;
    if (descriptorsServe(path)) {
      try {
        source = new DescriptorSource(path, true);
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, "opening by descriptor failed, trying a channel", e);
      }
    }
    if (source == null) {
      FileChannel channel = DirectChannels.tryOpen(path, StandardOpenOption.READ);
      if (channel == null) {
        return null;
      }
      source = new ChannelSource(channel, path);
    }
    try (Arena arena = Arena.ofConfined()) {
      source.read(allocateProbe(arena), 0);
      return source;
    } catch (IOException e) {
      // Some file systems accept the flag and refuse the reads.
      DirectChannels.logRefusal(path, e);
      source.close();
      return null;
    }
  }

  private static boolean descriptorsServe(Path path) {
    return LinuxCalls.unavailableReason() == null
        && path.getFileSystem().equals(FileSystems.getDefault());
  }

  private static @Nullable String ringRefusal(PageSource source) {
    if (!(source instanceof DescriptorSource file)) {
      String reason = LinuxCalls.unavailableReason();
      return reason == null ? "the file has no descriptor" : reason;
    }
    try (Arena arena = Arena.ofShared();
        IoUring ring = new IoUring(1, file.descriptor())) {
      MemorySegment plain = allocateProbe(arena);
      MemorySegment probe = allocateProbe(arena);
      file.read(plain, 0);
      ring.queueRead(probe.address(), PROBE_BYTES, 0, 0);
      int entered = ring.enter(1);
      while (entered == -LinuxCalls.EINTR) {
        entered = ring.enter(1);
      }
      if (entered < 0 || !ring.hasCompletion()) {
        return "a first read was not taken: result=" + entered;
      }
      int result = ring.completionResult();
      ring.takeCompletion();
      boolean same = result == PROBE_BYTES && probe.mismatch(plain) == -1;
      return same ? null : "a first read did not come out right: result=" + result;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static MemorySegment allocateProbe(Arena arena) {
    return arena.allocate(PROBE_BYTES, AlignedMemory.DIRECT_ALIGNMENT);
  }
}
