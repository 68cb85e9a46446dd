package com.omendb.pagecache.read;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnreadablePageException;
import com.omendb.pagecache.linux.LinuxCalls;
import com.omendb.pagecache.linux.ReadRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A page reader over a ring of its own: a round of reads costs one system call.
///
/// A page that is submitted takes a slot. Slots wait in a first-in first-out queue until the kernel
/// has taken them; one whose read came short, or that the kernel asks to try again, queues once
/// more with what remains.
final class UringPageReader implements PageReader {
  /// More requests than this in one ring are handed over in portions.
  static final int MAX_RING_ENTRIES = 1024;

  /// How often a read may come back unfinished before it counts as failed.
  private static final int MAX_TRIES = 1000;

  private static final long RETRY_NANOS = 50_000;

  private final PageFile file;
  private final ReadRing ring;
  private final int capacity;
  private final int pageBytes;

  private final long[] pageNumbers;
  private final MemorySegment[] frames;
  private final int[] tags;
  private final int[] bytesDone;
  private final int[] tries;
  private final boolean[] readAgain;
  private final int[] idleSlots;
  private final int[] queuedSlots; // circular
  private final int[] failedSlots; // by ringFailure, and not yet returned
  private int idleCount;
  private int failedCount;
  private @Nullable IOException ringFailure;
  private int queueHead;
  private int queueCount;
  private int inKernel; // handed over or in the ring's queue, not yet taken from its completions
  private boolean closed;

  /// @param memory in which most frames will lie, one after another, or null
  UringPageReader(PageFile file, ReadRing ring, int capacity, @Nullable MemorySegment memory) {
    this.file = file;
    this.capacity = capacity;
    this.ring = ring;
    pageBytes = file.pageBytes();
    if (memory != null) {
      ring.register(memory, pageBytes);
    }
    pageNumbers = new long[capacity];
    frames = new MemorySegment[capacity];
    Arrays.fill(frames, MemorySegment.NULL);
    tags = new int[capacity];
    bytesDone = new int[capacity];
    tries = new int[capacity];
    readAgain = new boolean[capacity];
    queuedSlots = new int[capacity];
    failedSlots = new int[capacity];
    idleSlots = new int[capacity];
    idleCount = capacity;
    for (int i = 0; i < capacity; i++) {
      idleSlots[i] = capacity - 1 - i;
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int inFlight() {
    return capacity - idleCount;
  }

  @Override
  public void submit(long pageNumber, MemorySegment frame, int tag) {
    file.requireSubmittable(pageNumber, frame, closed);
    if (idleCount == 0) {
      throw new IllegalStateException("the reader is full: capacity=" + capacity);
    }
    int slot = idleSlots[--idleCount];
    pageNumbers[slot] = pageNumber;
    frames[slot] = frame;
    tags[slot] = tag;
    bytesDone[slot] = 0;
    tries[slot] = 0;
    readAgain[slot] = false;
    enqueue(slot);
  }

  @Override
  public int await(int minCompletions, int[] arrivedTags, @Nullable IOException[] failures) {
    requireOpen();
    PageFile.requireAwaitable(minCompletions, arrivedTags, failures, inFlight());
    int count = takeFailed(arrivedTags, failures, 0);
    count = reap(arrivedTags, failures, count); // What has completed needs no system call.
    boolean looked = false;
    while (true) {
      fillRing();
      boolean look = minCompletions == 0 && count == 0 && inKernel > 0 && !looked;
      if (count >= minCompletions && ring.unsubmitted() == 0 && !look) {
        return count;
      }
      looked = true;
      boolean entered;
      try {
        entered = enter(Math.max(0, minCompletions - count));
      } catch (IOException e) {
        failAll(e);
        return takeFailed(arrivedTags, failures, count);
      }
      count = reap(arrivedTags, failures, count);
      if (!entered && count >= minCompletions) {
        return count; // The kernel takes no more for the moment: the next await tries again.
      }
    }
  }

  @Override
  public void drop() {
    if (closed) {
      return;
    }
    drainKernel();
    failedCount = 0;
    ringFailure = null;
    idleCount = capacity;
    for (int i = 0; i < capacity; i++) {
      idleSlots[i] = i;
      frames[i] = MemorySegment.NULL;
    }
  }

  /// Waits until the kernel writes to no frame any more, and forgets what came of it.
  private void drainKernel() {
    queueCount = 0;
    inKernel -= ring.unqueue();
    int failures = 0;
    while (inKernel > 0) {
      int result = ring.enter(inKernel);
      if (result < 0 && result != -LinuxCalls.EINTR && ++failures == MAX_TRIES) {
        // Going on would give away frames that the kernel may still write to.
        throw new IllegalStateException("reads cannot be awaited: error=" + result);
      }
      if (result < 0) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
      while (ring.hasCompletion()) {
        ring.takeCompletion();
        inKernel--;
      }
    }
  }

  /// The ring itself failed: so does everything in flight.
  private void failAll(IOException failure) {
    drainKernel();
    ringFailure = failure;
    failedCount = 0;
    for (int slot = 0; slot < capacity; slot++) {
      if (!frames[slot].equals(MemorySegment.NULL)) {
        failedSlots[failedCount++] = slot;
      }
    }
  }

  private int takeFailed(int[] arrivedTags, @Nullable IOException[] failures, int alreadyArrived) {
    int count = alreadyArrived;
    while (failedCount > 0 && count < arrivedTags.length) {
      int slot = failedSlots[--failedCount];
      arrivedTags[count] = tags[slot];
      failures[count] = ringFailure;
      count++;
      recycle(slot);
    }
    return count;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    drop();
    closed = true;
    try {
      ring.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      file.readerClosed();
    }
  }

  /// The ring's memory is gone once closed: touching it would end the process.
  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the reader is closed: path=" + file.path());
    }
  }

  private void enqueue(int slot) {
    queuedSlots[(queueHead + queueCount) % capacity] = slot;
    queueCount++;
  }

  private void fillRing() {
    while (queueCount > 0 && inKernel < ring.completionCapacity()) {
      int slot = queuedSlots[queueHead];
      int done = bytesDone[slot];
      boolean queued =
          ring.queueRead(
              frames[slot].address() + done,
              pageBytes - done,
              file.pageOffset(pageNumbers[slot]) + done,
              slot);
      if (!queued) {
        return;
      }
      queueHead = (queueHead + 1) % capacity;
      queueCount--;
      inKernel++;
    }
  }

  /// Hands over what is in the ring.
  ///
  /// @return false when the kernel wants completions to be taken first
  private boolean enter(int wanted) throws IOException {
    int failures = 0;
    while (true) {
      int result = ring.enter(Math.min(wanted, inKernel));
      switch (-result) {
        case 0 -> {
          return true;
        }
        case LinuxCalls.EINTR -> {}
        case LinuxCalls.EAGAIN, LinuxCalls.EBUSY -> {
          // The kernel is short of memory, or of room for completions: take those first.
          if (ring.hasCompletion()) {
            return false;
          }
          if (++failures == MAX_TRIES) {
            throw new IOException("io_uring stays busy: path=" + file.path());
          }
          LockSupport.parkNanos(RETRY_NANOS);
        }
        default ->
            throw new IOException(
                "io_uring_enter failed: path=%s, errno=%d".formatted(file.path(), -result));
      }
    }
  }

  private int reap(int[] arrivedTags, @Nullable IOException[] failures, int alreadyArrived) {
    int count = alreadyArrived;
    while (count < arrivedTags.length && ring.hasCompletion()) {
      int slot = (int) ring.completionUserData();
      int result = ring.completionResult();
      ring.takeCompletion();
      inKernel--;
      IOException failure = settle(slot, result);
      if (failure == null && bytesDone[slot] < pageBytes) {
        enqueue(slot);
        continue;
      }
      if (failure == null) {
        CorruptFileException damage = file.damage(frames[slot], pageNumbers[slot]);
        if (damage != null && !readAgain[slot]) {
          file.noteReadAgain(damage);
          readAgain[slot] = true;
          bytesDone[slot] = 0;
          enqueue(slot);
          continue;
        }
        failure = damage;
      }
      arrivedTags[count] = tags[slot];
      failures[count] = failure;
      if (failure != null) {
        file.noteFailure(failure);
      }
      count++;
      recycle(slot);
    }
    return count;
  }

  private void recycle(int slot) {
    frames[slot] = MemorySegment.NULL;
    idleSlots[idleCount++] = slot;
  }

  /// Books what came of one read: all of it, part of it (the rest is read next), or a failure.
  private @Nullable IOException settle(int slot, int result) {
    long offset = file.pageOffset(pageNumbers[slot]);
    if (result < 0 && !mayTryAgain(result)) {
      return new UnreadablePageException(
          file.path(), pageNumbers[slot], offset, LinuxCalls.describe(-result));
    }
    bytesDone[slot] += Math.max(0, result);
    int done = bytesDone[slot];
    if (result >= 0 && DescriptorSource.isAtEnd(result, done, pageBytes, file.direct())) {
      return file.cutOff(pageNumbers[slot], pageBytes, done);
    }
    if (done < pageBytes && ++tries[slot] == MAX_TRIES) {
      return new UnreadablePageException(
          file.path(), pageNumbers[slot], offset, "it stays unfinished, result=" + result);
    }
    return null;
  }

  private static boolean mayTryAgain(int result) {
    return switch (-result) {
      case LinuxCalls.EAGAIN, LinuxCalls.EINTR, LinuxCalls.ECANCELED -> true;
      default -> false;
    };
  }
}
