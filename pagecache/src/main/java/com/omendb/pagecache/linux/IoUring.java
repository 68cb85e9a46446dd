package com.omendb.pagecache.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A ring whose queues are shared with the kernel: only [#enter] is a system call.
///
/// The file is registered with the ring, so that a read does not look up its descriptor. Nothing
/// polls in the kernel. Not thread-safe, but threads may take turns. Kernel 5.6 or later.
///
/// The kernel's header `linux/io_uring.h` defines the layout of the memory; it is the same on
/// x86-64 and aarch64.
public final class IoUring implements ReadRing {
  private static final int PARAMETERS_BYTES = 120;
  private static final int PARAM_SQ_ENTRIES = 0;
  private static final int PARAM_CQ_ENTRIES = 4;
  private static final int PARAM_FLAGS = 8;
  private static final int PARAM_FEATURES = 20;
  private static final int PARAM_SQ_HEAD = 40;
  private static final int PARAM_SQ_TAIL = 44;
  private static final int PARAM_SQ_MASK = 48;
  private static final int PARAM_SQ_ARRAY = 64;
  private static final int PARAM_CQ_HEAD = 80;
  private static final int PARAM_CQ_TAIL = 84;
  private static final int PARAM_CQ_MASK = 88;
  private static final int PARAM_CQ_CQES = 100;

  private static final int FEATURE_SINGLE_MMAP = 1;
  private static final int SETUP_CLAMP = 1 << 4;

  /// Completions are posted when the thread enters the kernel, not by interrupting it. Kernel 5.19.
  private static final int SETUP_COOP_TASKRUN = 1 << 8;

  private static final long OFFSET_RINGS = 0;
  private static final long OFFSET_REQUESTS = 0x10000000L;

  private static final int REGISTER_FILES = 2;
  private static final int ENTER_GETEVENTS = 1;

  private static final int REQUEST_BYTES = 64;
  private static final int REQUEST_OPCODE = 0;
  private static final int REQUEST_FLAGS = 1;
  private static final int REQUEST_FILE = 4;
  private static final int REQUEST_OFFSET = 8;
  private static final int REQUEST_ADDRESS = 16;
  private static final int REQUEST_LENGTH = 24;
  private static final int REQUEST_USER_DATA = 32;
  private static final int REQUEST_MEMORY = 40;

  private static final byte OPCODE_READ_FIXED = 4;
  private static final byte OPCODE_READ = 22;
  private static final byte FLAG_FIXED_FILE = 1;
  private static final int REGISTERED_FILE = 0;

  private static final int COMPLETION_BYTES = 16;
  private static final int COMPLETION_USER_DATA = 0;
  private static final int COMPLETION_RESULT = 8;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final VarHandle SHARED_INT = INT.varHandle();

  private final int ring;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state;
  private final MemorySegment rings;
  private final MemorySegment requests;

  private final int requestMask;
  private final int completionMask;
  private final int completionCapacity;
  private final long requestHeadOffset;
  private final long requestTailOffset;
  private final long completionHeadOffset;
  private final long completionTailOffset;
  private final long completionsOffset;

  private int requestTail; // our copy of what only we write
  private int completionHead; // likewise
  private int unsubmitted;
  private @Nullable RegisteredMemory memory;
  private boolean closed;

  /// Sets up a ring for reads of one file.
  ///
  /// @param entries requests that fit before an [#enter]; rounded up to a power of two, and down to
  ///   what the kernel allows
  /// @throws IOException when the kernel refuses, with the reason
  public IoUring(int entries, int fileDescriptor) throws IOException {
    int opened = -1;
    MemorySegment mappedRings = MemorySegment.NULL;
    boolean made = false;
    try {
      state = LinuxCalls.allocateState(arena);
      MemorySegment parameters = arena.allocate(PARAMETERS_BYTES, Long.BYTES);
      opened = setup(entries, parameters, state);
      ring = opened;
      if ((parameters.get(INT, PARAM_FEATURES) & FEATURE_SINGLE_MMAP) == 0) {
        throw new IOException("io_uring of this kernel is too old");
      }
      int requestCapacity = parameters.get(INT, PARAM_SQ_ENTRIES);
      completionCapacity = parameters.get(INT, PARAM_CQ_ENTRIES);
      long arrayOffset = parameters.get(INT, PARAM_SQ_ARRAY);
      completionsOffset = parameters.get(INT, PARAM_CQ_CQES);
      long ringBytes =
          Math.max(
              arrayOffset + (long) requestCapacity * Integer.BYTES,
              completionsOffset + (long) completionCapacity * COMPLETION_BYTES);
      mappedRings = LinuxCalls.mapRing(ringBytes, ring, OFFSET_RINGS);
      rings = mappedRings;
      requestHeadOffset = parameters.get(INT, PARAM_SQ_HEAD);
      requestTailOffset = parameters.get(INT, PARAM_SQ_TAIL);
      completionHeadOffset = parameters.get(INT, PARAM_CQ_HEAD);
      completionTailOffset = parameters.get(INT, PARAM_CQ_TAIL);
      requestMask = rings.get(INT, parameters.get(INT, PARAM_SQ_MASK));
      completionMask = rings.get(INT, parameters.get(INT, PARAM_CQ_MASK));
      requestTail = rings.get(INT, requestTailOffset);
      completionHead = rings.get(INT, completionHeadOffset);
      for (int i = 0; i < requestCapacity; i++) {
        // Requests are used in order, so the indirection that the kernel offers stays the identity.
        rings.set(INT, arrayOffset + (long) i * Integer.BYTES, i);
      }
      registerFile(fileDescriptor);
      requests = LinuxCalls.mapRing((long) requestCapacity * REQUEST_BYTES, ring, OFFSET_REQUESTS);
      made = true;
    } finally {
      if (!made) {
        if (mappedRings.byteSize() > 0) {
          LinuxCalls.unmap(mappedRings);
        }
        if (opened >= 0) {
          LinuxCalls.close(opened);
        }
        arena.close();
      }
    }
  }

  private static int setup(int entries, MemorySegment parameters, MemorySegment state)
      throws IOException {
    parameters.set(INT, PARAM_FLAGS, SETUP_CLAMP | SETUP_COOP_TASKRUN);
    int opened = LinuxCalls.ringSetup(entries, parameters, state);
    if (opened == -LinuxCalls.EINVAL) {
      parameters.fill((byte) 0);
      parameters.set(INT, PARAM_FLAGS, SETUP_CLAMP);
      opened = LinuxCalls.ringSetup(entries, parameters, state);
    }
    if (opened < 0) {
      throw LinuxCalls.failure("io_uring_setup", -opened, "entries=" + entries);
    }
    return opened;
  }

  private void registerFile(int fileDescriptor) throws IOException {
    MemorySegment files = arena.allocateFrom(INT, fileDescriptor);
    int result = LinuxCalls.ringRegister(ring, REGISTER_FILES, files, 1, state);
    if (result < 0) {
      throw LinuxCalls.failure("io_uring_register", -result, "descriptor=" + fileDescriptor);
    }
  }

  @Override
  public void register(MemorySegment target, int unitBytes) {
    memory = new RegisteredMemory(ring, target, unitBytes, state, arena);
  }

  @Override
  public int completionCapacity() {
    return completionCapacity;
  }

  @Override
  public boolean queueRead(long address, int bytes, long offset, long userData) {
    int head = (int) SHARED_INT.getAcquire(rings, requestHeadOffset);
    if (requestTail - head > requestMask) {
      return false;
    }
    long request = (long) (requestTail & requestMask) * REQUEST_BYTES;
    int known = memory == null ? -1 : memory.indexOf(address, bytes);
    byte opcode = known < 0 ? OPCODE_READ : OPCODE_READ_FIXED;
    // Fields not set here were zero from the start and are never set.
    requests.set(ValueLayout.JAVA_BYTE, request + REQUEST_OPCODE, opcode);
    requests.set(ValueLayout.JAVA_BYTE, request + REQUEST_FLAGS, FLAG_FIXED_FILE);
    requests.set(INT, request + REQUEST_FILE, REGISTERED_FILE);
    requests.set(LONG, request + REQUEST_OFFSET, offset);
    requests.set(LONG, request + REQUEST_ADDRESS, address);
    requests.set(INT, request + REQUEST_LENGTH, bytes);
    requests.set(LONG, request + REQUEST_USER_DATA, userData);
    requests.set(ValueLayout.JAVA_SHORT, request + REQUEST_MEMORY, (short) Math.max(0, known));
    requestTail++;
    unsubmitted++;
    SHARED_INT.setRelease(rings, requestTailOffset, requestTail);
    return true;
  }

  @Override
  public int unsubmitted() {
    return unsubmitted;
  }

  @Override
  public int unqueue() {
    int count = unsubmitted;
    // Without a polling thread the kernel looks at the queue only within enter.
    requestTail -= count;
    unsubmitted = 0;
    SHARED_INT.setRelease(rings, requestTailOffset, requestTail);
    return count;
  }

  @Override
  public int enter(int minCompletions) {
    int result = LinuxCalls.ringEnter(ring, unsubmitted, minCompletions, ENTER_GETEVENTS, state);
    if (result < 0) {
      return result;
    }
    unsubmitted -= result;
    return 0;
  }

  @Override
  public boolean hasCompletion() {
    return completionHead != (int) SHARED_INT.getAcquire(rings, completionTailOffset);
  }

  @Override
  public long completionUserData() {
    return rings.get(LONG, completion() + COMPLETION_USER_DATA);
  }

  @Override
  public int completionResult() {
    return rings.get(INT, completion() + COMPLETION_RESULT);
  }

  @Override
  public void takeCompletion() {
    completionHead++;
    SHARED_INT.setRelease(rings, completionHeadOffset, completionHead);
  }

  private long completion() {
    return completionsOffset + (long) (completionHead & completionMask) * COMPLETION_BYTES;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      LinuxCalls.unmap(requests);
      LinuxCalls.unmap(rings);
    } finally {
      arena.close();
      LinuxCalls.close(ring);
    }
  }
}
