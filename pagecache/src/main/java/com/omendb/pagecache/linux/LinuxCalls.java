package com.omendb.pagecache.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The system calls of 64-bit Linux that the page cache makes: files, memory, io_uring.
///
/// Check [#unavailableReason()] first: on other systems, or where native access is denied, every
/// call here throws. Calls that fail throw an [IOException] that names the call and the error
/// number, or return the negated error number where their doc says so. Thread-safe.
public final class LinuxCalls {
  /// A system call was interrupted by a signal.
  public static final int EINTR = 4;

  /// Out of resources for the moment.
  public static final int EAGAIN = 11;

  /// Completions must be taken first.
  public static final int EBUSY = 16;

  /// The kernel does not know a flag or an operation.
  public static final int EINVAL = 22;

  /// A file system does not know an operation.
  static final int EOPNOTSUPP = 95;

  /// A request was given up, because the thread that submitted it ended.
  public static final int ECANCELED = 125;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_DIRECT_X86_64 = 0x4000;
  private static final int O_DIRECT_AARCH64 = 0x10000;

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_POPULATE = 0x8000;
  private static final long MAP_FAILED = -1;
  private static final int MADV_RANDOM = 1;
  private static final int MADV_DONTNEED = 4;

  // What a relative path would be relative to; ours are absolute.
  private static final long AT_FDCWD = -100;

  private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

  // Numbers of system calls: new ones are the same everywhere, old ones are not.
  private static final long SYS_IO_URING_SETUP = 425;
  private static final long SYS_IO_URING_ENTER = 426;
  private static final long SYS_IO_URING_REGISTER = 427;
  private static final long SYS_OPENAT = AARCH64 ? 56 : 257;
  private static final long SYS_CLOSE = AARCH64 ? 57 : 3;
  private static final long SYS_PREAD = AARCH64 ? 67 : 17;
  private static final long SYS_FALLOCATE = AARCH64 ? 47 : 285;
  private static final long SYS_MMAP = AARCH64 ? 222 : 9;
  private static final long SYS_MUNMAP = AARCH64 ? 215 : 11;
  private static final long SYS_MADVISE = AARCH64 ? 233 : 28;

  private static final @Nullable String UNAVAILABLE_REASON = findReason();

  private LinuxCalls() {}

  /// Why no call can be made, or null when they can.
  public static @Nullable String unavailableReason() {
    return UNAVAILABLE_REASON;
  }

  private static @Nullable String findReason() {
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    boolean known = architecture.equals("amd64") || AARCH64;
    if (!system.equals("Linux") || !known) {
      return "not 64-bit Linux: os.name=" + system + ", os.arch=" + architecture;
    }
    try {
      return Handles.CALL.type().parameterCount() > 0 ? null : "no syscall";
    } catch (LinkageError | RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return "native calls cannot be linked: " + cause;
    }
  }

  /// Opens a file for reading.
  ///
  /// @param direct past the kernel's page cache
  /// @return the descriptor
  public static int openForReading(Path path, boolean direct) throws IOException {
    int directFlag = AARCH64 ? O_DIRECT_AARCH64 : O_DIRECT_X86_64;
    return open(path, O_CLOEXEC | (direct ? directFlag : 0));
  }

  private static int open(Path path, int flags) throws IOException {
    Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toAbsolutePath().toString(), charset);
      MemorySegment state = Handles.allocateState(arena);
      long descriptor =
          (long) Handles.FILE_CALL.invokeExact(state, SYS_OPENAT, AT_FDCWD, name, (long) flags, 0L);
      if (descriptor < 0) {
        throw failure("open", Handles.errno(state), "path=" + path);
      }
      return (int) descriptor;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Makes an existing file at least so long, with room for it set aside on the disk.
  ///
  /// @return false where the file system cannot set room aside; nothing has happened then
  /// @throws IOException if there is no such room
  public static boolean reserve(Path path, long bytes) throws IOException {
    int descriptor = open(path, O_CLOEXEC | O_RDWR);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      while (call(state, SYS_FALLOCATE, descriptor, 0, 0, bytes, 0, 0) < 0) {
        int errno = Handles.errno(state);
        if (errno == EOPNOTSUPP) {
          return false;
        }
        if (errno != EINTR) {
          throw failure("fallocate", errno, "bytes=" + bytes + ", path=" + path);
        }
      }
      return true;
    } catch (Throwable e) {
      throw rethrown(e);
    } finally {
      close(descriptor);
    }
  }

  /// Closes a descriptor.
  public static void close(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      // After EINTR the descriptor is closed all the same on Linux: never try again.
      if (call(state, SYS_CLOSE, descriptor, 0, 0, 0, 0, 0) < 0 && Handles.errno(state) != EINTR) {
        throw failure("close", Handles.errno(state), "descriptor=" + descriptor);
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Reads into native memory from a position of the file.
  ///
  /// @return bytes read, fewer than asked for only at the end of the file or by a signal; 0 at the
  ///   end
  public static long pread(int descriptor, MemorySegment target, long offset) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      while (true) {
        long count =
            (long)
                Handles.FILE_CALL.invokeExact(
                    state, SYS_PREAD, (long) descriptor, target, target.byteSize(), offset);
        if (count >= 0) {
          return count;
        }
        if (Handles.errno(state) != EINTR) {
          throw failure("pread", Handles.errno(state), "offset=" + offset);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Private zeroed memory, page-aligned, that becomes resident only when touched, unmapped when
  /// the arena closes.
  ///
  /// @throws OutOfMemoryError when there is no such room in the address space
  public static MemorySegment mapAnonymous(long bytes, Arena arena) {
    try {
      int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
      MemorySegment mapped = map(bytes, flags, -1, 0);
      return mapped.reinterpret(arena, LinuxCalls::unmapQuietly);
    } catch (IOException e) {
      OutOfMemoryError error = new OutOfMemoryError("no room to map: bytes=" + bytes);
      error.initCause(e);
      throw error;
    }
  }

  private static void unmapQuietly(MemorySegment mapped) {
    try {
      unmap(mapped);
    } catch (IOException e) {
      throw new AssertionError("memory that we mapped can be unmapped", e);
    }
  }

  /// Tells the kernel that a mapped file is read here and there, so that reading ahead is in vain.
  ///
  /// @param mapped a whole mapping
  public static void adviseRandom(MemorySegment mapped) throws IOException {
    advise(mapped, MADV_RANDOM);
  }

  /// Tells the kernel that whole pages of a mapped file need not be resident any more. What was
  /// written is kept in the file, and what is touched again is mapped again.
  ///
  /// @param mapped begins and ends at pages of a mapped, shared or read-only file: of any other
  ///   memory the content would be lost
  public static void adviseUnneeded(MemorySegment mapped) throws IOException {
    advise(mapped, MADV_DONTNEED);
  }

  private static void advise(MemorySegment mapped, int advice) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      if (call(state, SYS_MADVISE, mapped.address(), mapped.byteSize(), advice, 0, 0, 0) < 0) {
        throw failure("madvise", Handles.errno(state), "bytes=" + mapped.byteSize());
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Part of an io_uring's memory, shared with the kernel; to be unmapped by [#unmap].
  static MemorySegment mapRing(long bytes, int ringDescriptor, long offset) throws IOException {
    return map(bytes, MAP_SHARED | MAP_POPULATE, ringDescriptor, offset);
  }

  private static MemorySegment map(long bytes, int flags, int descriptor, long offset)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      long address =
          call(state, SYS_MMAP, 0, bytes, PROT_READ | PROT_WRITE, flags, descriptor, offset);
      if (address == MAP_FAILED) {
        throw failure("mmap", Handles.errno(state), "bytes=" + bytes);
      }
      return MemorySegment.ofAddress(address).reinterpret(bytes);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void unmap(MemorySegment mapped) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Handles.allocateState(arena);
      if (call(state, SYS_MUNMAP, mapped.address(), mapped.byteSize(), 0, 0, 0, 0) < 0) {
        throw failure("munmap", Handles.errno(state), "bytes=" + mapped.byteSize());
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Memory for the error number of [#ringEnter].
  static MemorySegment allocateState(Arena arena) {
    return Handles.allocateState(arena);
  }

  /// @return the ring's descriptor, or the negated error number
  static int ringSetup(int entries, MemorySegment parameters, MemorySegment state) {
    try {
      long result = call(state, SYS_IO_URING_SETUP, entries, parameters.address(), 0, 0, 0, 0);
      return result < 0 ? -Handles.errno(state) : (int) result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @return how many requests were taken, or the negated error number
  static int ringEnter(
      int ring, int submissions, int minCompletions, int flags, MemorySegment state) {
    try {
      long result = call(state, SYS_IO_URING_ENTER, ring, submissions, minCompletions, flags, 0, 0);
      return result < 0 ? -Handles.errno(state) : (int) result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @return 0, or the negated error number
  static int ringRegister(
      int ring, int operation, MemorySegment argument, int count, MemorySegment state) {
    try {
      long result =
          call(state, SYS_IO_URING_REGISTER, ring, operation, argument.address(), count, 0, 0);
      return result < 0 ? -Handles.errno(state) : (int) result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static IOException failure(String call, int errno, String what) {
    return new IOException("%s failed: %s, %s".formatted(call, what, describe(errno)));
  }

  /// An error number with its name, for messages.
  public static String describe(int errno) {
    String name =
        switch (errno) {
          case 1 -> "EPERM";
          case 2 -> "ENOENT";
          case 5 -> "EIO";
          case 9 -> "EBADF";
          case EAGAIN -> "EAGAIN";
          case 12 -> "ENOMEM";
          case 13 -> "EACCES";
          case EBUSY -> "EBUSY";
          case EINVAL -> "EINVAL";
          case 24 -> "EMFILE";
          case 38 -> "ENOSYS";
          case 28 -> "ENOSPC";
          case EOPNOTSUPP -> "EOPNOTSUPP";
          default -> "unnamed";
        };
    return "errno=" + errno + " (" + name + ")";
  }

  /// Method handles declare Throwable; what comes out of ours is this.
  private static IOException rethrown(Throwable e) {
    return switch (e) {
      case IOException known -> known;
      case RuntimeException known -> throw known;
      case Error known -> throw known;
      default -> new IOException(e);
    };
  }

  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException known -> known;
      case Error known -> throw known;
      default -> new IllegalStateException(e);
    };
  }

  private static long call(
      MemorySegment state, long number, long a, long b, long c, long d, long e, long f)
      throws Throwable {
    return (long) Handles.CALL.invokeExact(state, number, a, b, c, d, e, f);
  }

  /// Linked apart, so that a failure to link is met once, in [#findReason].
  ///
  /// To link a function of yet another shape takes ten milliseconds in a new JVM, so that all calls
  /// go through `syscall` in two shapes.
  private static final class Handles {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /// A call whose second argument is memory, which cannot be freed before the call returns.
    static final MethodHandle FILE_CALL =
        link(FunctionDescriptor.of(LONG, LONG, LONG, ValueLayout.ADDRESS, LONG, LONG));

    /// Any other call.
    static final MethodHandle CALL =
        link(FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG));

    private Handles() {}

    private static MethodHandle link(FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("syscall"),
          descriptor,
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
    }

    static MemorySegment allocateState(Arena arena) {
      return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
      return (int) ERRNO.get(state, 0L);
    }
  }
}
