package com.omendb.pagecache.read;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.linux.DirectChannels;
import com.omendb.pagecache.linux.IoUring;
import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.linux.ReadRing;
import com.omendb.pagecache.log.LogCode;
import com.omendb.pagecache.memory.AlignedMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An open file and how its pages are read best on this system, found by trying: its first bytes
/// are read once through each candidate.
///
/// @param source the open file
/// @param engine how its pages are to be read
/// @param direct whether reads go past the kernel's page cache
/// @param rings makes the rings of readers, where the engine is io_uring
public record OpenedSource(
    PageSource source, PageReaderKind engine, boolean direct, ReadRing.Factory rings) {
  /// The choices that were told to the log.
  private static final Set<List<Object>> LOGGED = ConcurrentHashMap.newKeySet();

  private static final int PROBE_BYTES = FileHeader.BYTES;

  /// Opens a file of at least [FileHeader#BYTES] bytes.
  ///
  /// The engine is io_uring where the kernel lets us, else positional reads. Mapped reads are for
  /// who asks for them: they are never direct, and a thread that meets a page which is not in
  /// memory stands still outside the control of the JVM. Where direct reads are refused, the same
  /// engines read through the kernel's page cache.
  ///
  /// @param direct whether to read past the kernel's page cache if possible
  /// @param forced the engine to use, or null for the best
  /// @throws IOException when the file cannot be opened, or the forced engine does not work
  public static OpenedSource open(Path path, boolean direct, @Nullable PageReaderKind forced)
      throws IOException {
    if (forced == PageReaderKind.MAPPED) {
      return chosen(new MappedSource(path), forced, false, "asked for", LogCode.READER_CHOSEN);
    }
    PageSource source = direct ? tryOpenDirect(path) : null;
    boolean isDirect = source != null;
    if (source == null) {
      source = openBuffered(path);
    }
    String asked = "asked for";
    if (forced == PageReaderKind.PREAD) {
      return chosen(source, forced, isDirect, asked, LogCode.READER_CHOSEN);
    }
    String refusal = ringRefusal(source);
    if (refusal == null) {
      String reason = forced == null ? "the best that works here" : asked;
      return chosen(source, PageReaderKind.IO_URING, isDirect, reason, LogCode.READER_CHOSEN);
    }
    if (forced == PageReaderKind.IO_URING) {
      source.close();
      throw new IOException(
          "io_uring was asked for, but is refused: path=%s, reason=%s".formatted(path, refusal));
    }
    String reason = "io_uring is refused: " + refusal;
    return chosen(source, PageReaderKind.PREAD, isDirect, reason, LogCode.READER_WITHOUT_RING);
  }

  private static OpenedSource chosen(
      PageSource source, PageReaderKind engine, boolean direct, String reason, LogCode message) {
    if (LOGGED.add(List.of(engine, direct, reason))) {
      message.log(engine.label(), direct, reason);
    }
    return new OpenedSource(source, engine, direct, IoUring::new);
  }

  private static PageSource openBuffered(Path path) throws IOException {
    if (descriptorsServe(path)) {
      try {
        return new DescriptorSource(path, false);
      } catch (IOException e) {
        LogCode.DESCRIPTOR_FAILED.log(e);
      }
    }
    return new ChannelSource(FileChannel.open(path, StandardOpenOption.READ), path, false);
  }

  private static @Nullable PageSource tryOpenDirect(Path path) throws IOException {
    PageSource source = null;
    if (descriptorsServe(path)) {
      try {
        source = new DescriptorSource(path, true);
      } catch (IOException e) {
        LogCode.DESCRIPTOR_FAILED.log(e);
      }
    }
    if (source == null) {
      FileChannel channel = DirectChannels.tryOpen(path, StandardOpenOption.READ);
      if (channel == null) {
        return null;
      }
      source = new ChannelSource(channel, path, true);
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
        ReadRing ring = new IoUring(1, file.descriptor())) {
      MemorySegment plain = allocateProbe(arena);
      MemorySegment probe = allocateProbe(arena);
      file.read(plain, 0);
      ring.queueRead(probe.address(), PROBE_BYTES, 0, 0);
      int entered = ring.enter(1);
      while (entered == -LinuxCalls.EINTR) {
        entered = ring.enter(1);
      }
      if (entered < 0 || !ring.hasCompletion()) {
        return "the first read was refused: result=" + entered;
      }
      int result = ring.completionResult();
      ring.takeCompletion();
      boolean same = result == PROBE_BYTES && probe.mismatch(plain) == -1;
      return same ? null : "the first read returned wrong bytes: result=" + result;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static MemorySegment allocateProbe(Arena arena) {
    return arena.allocate(PROBE_BYTES, AlignedMemory.DIRECT_ALIGNMENT);
  }
}
