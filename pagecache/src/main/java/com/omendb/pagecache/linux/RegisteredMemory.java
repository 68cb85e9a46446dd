package com.omendb.pagecache.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory that one io_uring knows and holds in place, so that a read into it need not look up and
/// pin the page it goes to: a seventh of what a read costs the processor at depths of 16 and more.
///
/// The memory is made known in pieces, each before the first read into it, so that what is never
/// read into need not become resident. The kernel may refuse, for it counts such memory against the
/// limit on locked memory (`RLIMIT_MEMLOCK`); from then on reads into further pieces go without.
/// Kernel 5.19 or later.
final class RegisteredMemory {
  /// Enough to spread the cost of a call, few enough to be made resident within a millisecond.
  private static final long UNITS_PER_PIECE = 64;

  private static final long MAX_PIECES = 1 << 14;
  private static final long MAX_PIECE_BYTES = 1 << 30;

  private static final int REGISTER_BUFFERS2 = 15;
  private static final int REGISTER_BUFFERS_UPDATE = 16;
  private static final int SPARSE = 1;

  // Both calls take 32 bytes, whose size goes where a count would.
  private static final int ARGUMENT_BYTES = 32;
  private static final int REGISTER_COUNT = 0;
  private static final int REGISTER_FLAGS = 4;
  private static final int UPDATE_INDEX = 0;
  private static final int UPDATE_DATA = 8;
  private static final int UPDATE_COUNT = 24;

  private static final int VECTOR_BYTES = 16;
  private static final int VECTOR_ADDRESS = 0;
  private static final int VECTOR_LENGTH = 8;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final int ring;
  private final MemorySegment memory;
  private final long pieceBytes;
  private final boolean[] known;
  private final MemorySegment state;
  private final MemorySegment argument;
  private final MemorySegment vector;
  private boolean refused;

  /// @param memory what reads go to; it must outlive the ring
  /// @param unitBytes what one read goes to: units lie in the memory one after another
  /// @param arena lives as long as the ring
  RegisteredMemory(
      int ring, MemorySegment memory, int unitBytes, MemorySegment state, Arena arena) {
    this.ring = ring;
    this.memory = memory;
    this.state = state;
    long units = Math.max(1, memory.byteSize() / unitBytes);
    long unitsPerPiece = Math.max(UNITS_PER_PIECE, Math.ceilDiv(units, MAX_PIECES));
    pieceBytes = unitsPerPiece * unitBytes;
    known = new boolean[(int) Math.ceilDiv(units, unitsPerPiece)];
    argument = arena.allocate(ARGUMENT_BYTES, Long.BYTES);
    vector = arena.allocate(VECTOR_BYTES, Long.BYTES);
    refused = pieceBytes > MAX_PIECE_BYTES || !makeTable();
  }

  /// Under which index the ring knows this memory, or -1 when it does not.
  int indexOf(long address, long bytes) {
    long at = address - memory.address();
    if (at < 0 || at + bytes > memory.byteSize()) {
      return -1;
    }
    int piece = (int) (at / pieceBytes);
    if (at + bytes > (piece + 1) * pieceBytes || !(known[piece] || makeKnown(piece))) {
      return -1;
    }
    return piece;
  }

  private boolean makeTable() {
    argument.set(INT, REGISTER_COUNT, known.length);
    argument.set(INT, REGISTER_FLAGS, SPARSE);
    int result = LinuxCalls.ringRegister(ring, REGISTER_BUFFERS2, argument, ARGUMENT_BYTES, state);
    argument.fill((byte) 0);
    return result >= 0;
  }

  private boolean makeKnown(int piece) {
    if (refused) {
      return false;
    }
    long start = piece * pieceBytes;
    vector.set(LONG, VECTOR_ADDRESS, memory.address() + start);
    vector.set(LONG, VECTOR_LENGTH, Math.min(pieceBytes, memory.byteSize() - start));
    argument.set(INT, UPDATE_INDEX, piece);
    argument.set(LONG, UPDATE_DATA, vector.address());
    argument.set(INT, UPDATE_COUNT, 1);
    int result =
        LinuxCalls.ringRegister(ring, REGISTER_BUFFERS_UPDATE, argument, ARGUMENT_BYTES, state);
    known[piece] = result == 1;
    refused = !known[piece];
    return known[piece];
  }
}
