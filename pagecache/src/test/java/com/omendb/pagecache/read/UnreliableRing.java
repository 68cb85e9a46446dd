package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.linux.ReadRing;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A ring over bytes in memory. It keeps the rules of io_uring, completes in random order, and does
/// to reads what a test wants done; and it fails the test that breaks the rules.
final class UnreliableRing implements ReadRing {
  /// What a test wants done.
  interface Kernel {
    /// The negated error number that an enter fails with, or 0.
    ///
    /// @param queued requests that it would take
    /// @param inKernel requests taken before and not completed
    default int enterError(int queued, int inKernel) {
      return 0;
    }

    /// How many of the queued requests are taken.
    default int taken(int queued) {
      return queued;
    }

    /// The bytes that a read brings, or its negated error number.
    int result(long offset, int bytes);

    /// Does something to the bytes that a read brought.
    default void spoil(MemorySegment read, long offset) {}
  }

  private record Request(long address, int bytes, long offset, long userData) {}

  private record Completion(long userData, int result) {}

  private final byte[] file;
  private final int entries;
  private final Kernel kernel;
  private final SplittableRandom random;
  private final ArrayDeque<Request> queued = new ArrayDeque<>();
  private final List<Request> inKernel = new ArrayList<>();
  private final ArrayDeque<Completion> completions = new ArrayDeque<>();
  private boolean closed;

  UnreliableRing(byte[] file, int entries, Kernel kernel, SplittableRandom random) {
    this.file = file;
    this.entries = entries;
    this.kernel = kernel;
    this.random = random;
  }

  @Override
  public int completionCapacity() {
    return 2 * entries;
  }

  @Override
  public void register(MemorySegment target, int unitBytes) {}

  @Override
  public boolean queueRead(long address, int bytes, long offset, long userData) {
    assertFalse(closed);
    if (queued.size() == entries) {
      return false;
    }
    queued.add(new Request(address, bytes, offset, userData));
    int uncollected = queued.size() + inKernel.size() + completions.size();
    assertTrue(uncollected <= completionCapacity(), "completions may be lost");
    return true;
  }

  @Override
  public int unsubmitted() {
    return queued.size();
  }

  @Override
  public int unqueue() {
    int count = queued.size();
    queued.clear();
    return count;
  }

  @Override
  public int enter(int minCompletions) {
    assertFalse(closed);
    int offered = queued.size();
    int error = kernel.enterError(offered, inKernel.size());
    if (error != 0) {
      return error;
    }
    int taken = kernel.taken(offered);
    for (int i = 0; i < taken; i++) {
      inKernel.add(queued.remove());
    }
    // Like the kernel, it waits only if it took all.
    int wanted = taken < offered ? 0 : minCompletions - completions.size();
    assertTrue(wanted <= inKernel.size(), "waits for what was never asked for");
    int most = inKernel.size();
    int done = Math.max(wanted, random.nextInt(most + 1));
    for (int i = 0; i < done; i++) {
      complete(inKernel.remove(random.nextInt(inKernel.size())));
    }
    return 0;
  }

  private void complete(Request request) {
    int there = Math.clamp(file.length - request.offset, 0, request.bytes);
    int result = Math.min(there, kernel.result(request.offset, request.bytes));
    if (result > 0) {
      MemorySegment target = MemorySegment.ofAddress(request.address).reinterpret(result);
      MemorySegment.copy(MemorySegment.ofArray(file), request.offset, target, 0, result);
      kernel.spoil(target, request.offset);
    }
    completions.add(new Completion(request.userData, result));
  }

  @Override
  public boolean hasCompletion() {
    return !completions.isEmpty();
  }

  @Override
  public long completionUserData() {
    return completions.element().userData;
  }

  @Override
  public int completionResult() {
    return completions.element().result;
  }

  @Override
  public void takeCompletion() {
    completions.remove();
  }

  @Override
  public void close() {
    closed = true;
    assertEquals(0, inKernel.size(), "closed while the kernel may still write");
  }
}
