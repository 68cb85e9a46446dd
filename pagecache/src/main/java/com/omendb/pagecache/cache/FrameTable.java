package com.omendb.pagecache.cache;

import com.omendb.pagecache.memory.AlignedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which frame holds which page, and how many hold on to each frame. Lock-free but for the stack of
/// free frames.
///
/// An entry a page: 0 (empty), `frame + 1` (resident) or `-(frame + 1)` (being loaded into it). A
/// state a frame: free, or its pin count, with a flag once the frame is doomed. The rules:
///
/// 1. A free frame belongs to the free stack, or to the thread that took it from there.
/// 2. [#claim] makes a taken frame the loading frame of an empty entry and pins it for the caller.
/// 3. A pin counts only if the entry still names the frame after the pin was set.
/// 4. A doomed frame goes free when its last pin goes, and not before: the thread that makes this
///    transition, and no other, empties the entry and returns the frame to the stack.
///
/// So a page is never in two frames, and a pinned frame is never used for another page.
final class FrameTable {
  private static final int EMPTY = 0;
  private static final int FREE = -1;
  private static final int DOOMED = 1 << 30;

  private static final VarHandle ENTRY = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

  private final MemorySegment entries;
  private final int[] states;
  private final int[] pages;
  private final @Nullable Integer[] keys;
  private final int[] freeFrames; // guarded by freeFrames
  private int freeCount; // guarded by freeFrames

  FrameTable(Arena arena, long pageCount, int frameCount) {
    entries = AlignedMemory.allocate(arena, pageCount * Integer.BYTES, Long.BYTES);
    states = new int[frameCount];
    Arrays.fill(states, FREE);
    pages = new int[frameCount];
    keys = new Integer[frameCount];
    freeFrames = new int[frameCount];
    freeCount = frameCount;
    for (int i = 0; i < frameCount; i++) {
      freeFrames[i] = frameCount - 1 - i;
    }
  }

  /// The entry of a page: 0, or the frame, see [#frameOf], resident or [#isLoading].
  int entry(int page) {
    return (int) ENTRY.getVolatile(entries, (long) page * Integer.BYTES);
  }

  static boolean isEmpty(int entry) {
    return entry == EMPTY;
  }

  static boolean isLoading(int entry) {
    return entry < 0;
  }

  static int frameOf(int entry) {
    return Math.abs(entry) - 1;
  }

  /// The policy's key object of a frame that the caller has pinned and whose page is resident.
  Integer key(int frame) {
    return Objects.requireNonNull(keys[frame]);
  }

  /// A frame for [#claim], or -1 when none is free.
  int takeFree() {
    synchronized (freeFrames) {
      return freeCount == 0 ? -1 : freeFrames[--freeCount];
    }
  }

  /// Begins loading a page into a frame that was taken, with one pin.
  ///
  /// @return false when the page's entry is no longer empty; the frame is free again then
  boolean claim(int page, int frame) {
    pages[frame] = page;
    STATE.setVolatile(states, frame, 1);
    if (casEntry(page, EMPTY, loading(frame))) {
      return true;
    }
    doom(frame);
    unpin(frame);
    return false;
  }

  /// Makes a page that was loaded resident; the caller's pin stays.
  void publish(int page, int frame, Integer key) {
    keys[frame] = key;
    setEntry(page, resident(frame));
  }

  /// Gives up loading: empties the entry and drops the caller's pin.
  void abandon(int page, int frame) {
    setEntry(page, EMPTY);
    doom(frame);
    unpin(frame);
  }

  /// Pins a frame unless it is free. The caller must then look at the page's entry again.
  boolean tryPin(int frame) {
    while (true) {
      int state = (int) STATE.getVolatile(states, frame);
      if (state == FREE) {
        return false;
      }
      if (STATE.compareAndSet(states, frame, state, state + 1)) {
        return true;
      }
    }
  }

  /// Drops a pin.
  void unpin(int frame) {
    int left = (int) STATE.getAndAdd(states, frame, -1) - 1;
    assert (left & ~DOOMED) >= 0 : "unpinned once too often: frame=" + frame;
    if (left == DOOMED) {
      freeIfUnpinned(frame);
    }
  }

  /// Frees a frame now, or when its last pin goes.
  void doom(int frame) {
    int before = (int) STATE.getAndBitwiseOr(states, frame, DOOMED);
    assert before != FREE : "doomed while free: frame=" + frame;
    if (before == 0) {
      freeIfUnpinned(frame);
    }
  }

  private void freeIfUnpinned(int frame) {
    if (!STATE.compareAndSet(states, frame, DOOMED, FREE)) {
      return; // Pinned again meanwhile: the last unpin will come here.
    }
    // A claim that lost its page, or a load that was given up, has no entry to empty.
    casEntry(pages[frame], resident(frame), EMPTY);
    keys[frame] = null;
    synchronized (freeFrames) {
      freeFrames[freeCount++] = frame;
    }
  }

  int frameCount() {
    return states.length;
  }

  int freeCount() {
    synchronized (freeFrames) {
      return freeCount;
    }
  }

  private static int resident(int frame) {
    return frame + 1;
  }

  private static int loading(int frame) {
    return -(frame + 1);
  }

  private void setEntry(int page, int value) {
    ENTRY.setVolatile(entries, (long) page * Integer.BYTES, value);
  }

  private boolean casEntry(int page, int from, int to) {
    return ENTRY.compareAndSet(entries, (long) page * Integer.BYTES, from, to);
  }

  /// Checks everything that holds while no fetch is under way.
  ///
  /// @param heldPins pins that sessions hold
  /// @param admitted the frame of each page in the policy, -1 for the others
  void assertInvariants(long heldPins, java.util.Map<Integer, Integer> admitted) {
    boolean[] free = new boolean[states.length];
    synchronized (freeFrames) {
      for (int i = 0; i < freeCount; i++) {
        check(!free[freeFrames[i]], "free twice", freeFrames[i]);
        free[freeFrames[i]] = true;
      }
    }
    long pins = 0;
    for (int frame = 0; frame < states.length; frame++) {
      int state = (int) STATE.getVolatile(states, frame);
      check(free[frame] == (state == FREE), "free but not in the free stack, or in it", frame);
      if (state == FREE) {
        continue;
      }
      boolean doomed = (state & DOOMED) != 0;
      pins += state & ~DOOMED;
      int page = pages[frame];
      check(entry(page) == resident(frame), "holds a page whose entry names another", frame);
      check(!doomed || (state & ~DOOMED) > 0, "doomed and unpinned but not free", frame);
      Integer admittedFrame = admitted.get(page);
      check(
          doomed ? admittedFrame == null : admittedFrame != null && admittedFrame == frame,
          "policy and table disagree",
          frame);
    }
    if (pins != heldPins) {
      throw new IllegalStateException(
          "pins that no session holds: heldPins=%d, pins=%d".formatted(heldPins, pins));
    }
    long pageCount = entries.byteSize() / Integer.BYTES;
    for (int page = 0; page < pageCount; page++) {
      int entry = entry(page);
      if (!isEmpty(entry)) {
        int frame = frameOf(entry);
        check(!isLoading(entry), "still loading", frame);
        check(!free[frame] && pages[frame] == page, "named by a page it does not hold", frame);
      }
    }
  }

  private static void check(boolean holds, String what, int frame) {
    if (!holds) {
      throw new IllegalStateException("a frame is " + what + ": frame=" + frame);
    }
  }
}
