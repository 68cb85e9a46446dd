package com.omendb.pagecache.read;

import com.omendb.errors.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A page reader over blocking reads: those of one round run side by side on the file's [ReadPool].
///
/// Where the source survives interrupts, the calling thread does the last read of a round itself,
/// so that a single read needs no other thread.
final class BlockingPageReader implements PageReader {
  private final PageFile file;
  private final PageSource source;
  private final ReadPool pool;
  private final int capacity;

  private final ArrayDeque<Read> idle;
  private final ArrayDeque<Read> queued;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final ArrayDeque<Read> arrived; // guarded by lock
  private int running; // started and not yet taken from arrived; the owner's
  private boolean closed;

  BlockingPageReader(PageFile file, PageSource source, ReadPool pool, int capacity) {
    this.file = file;
    this.source = source;
    this.pool = pool;
    this.capacity = capacity;
    idle = new ArrayDeque<>(capacity);
    queued = new ArrayDeque<>(capacity);
    arrived = new ArrayDeque<>(capacity);
    for (int i = 0; i < capacity; i++) {
      idle.add(new Read());
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public void submit(long pageNumber, MemorySegment frame, int tag) {
    file.requireSubmittable(pageNumber, frame, closed);
    Read read = idle.poll();
    if (read == null) {
      throw new IllegalStateException("the reader is full: capacity=" + capacity);
    }
    read.pageNumber = pageNumber;
    read.frame = frame;
    read.tag = tag;
    queued.add(read);
  }

  @Override
  public int await(int minCompletions, int[] tags, @Nullable IOException[] failures) {
    if (closed) {
      throw new IllegalStateException("the reader is closed: path=" + file.path());
    }
    PageFile.requireAwaitable(minCompletions, tags, failures, inFlight());
    startQueued(minCompletions > 0);
    int count = 0;
    lock.lock();
    try {
      while (arrived.size() < minCompletions) {
        arrival.awaitUninterruptibly();
      }
      while (count < tags.length && !arrived.isEmpty()) {
        Read read = arrived.remove();
        tags[count] = read.tag;
        failures[count] = read.failure;
        count++;
        recycle(read);
      }
    } finally {
      lock.unlock();
    }
    return count;
  }

  @Override
  public int inFlight() {
    return queued.size() + running;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    drop();
    file.readerClosed();
  }

  private void startQueued(boolean mayBlock) {
    Read own = mayBlock && source.survivesInterrupts() ? queued.pollLast() : null;
    for (Read read = queued.poll(); read != null; read = queued.poll()) {
      running++;
      start(read);
    }
    if (own != null) {
      running++;
      own.run();
    }
  }

  private void start(Read read) {
    try {
      pool.execute(read);
    } catch (OutOfMemoryError e) {
      // No further thread can be started: read on this one, or fail the read.
      if (source.survivesInterrupts()) {
        read.run();
      } else {
        read.end(new IOException("no thread to read on: path=" + file.path(), e));
      }
    }
  }

  @Override
  public void drop() {
    for (Read read = queued.poll(); read != null; read = queued.poll()) {
      idle.add(read);
    }
    lock.lock();
    try {
      while (arrived.size() < running) {
        arrival.awaitUninterruptibly();
      }
      for (Read read = arrived.poll(); read != null; read = arrived.poll()) {
        recycle(read);
      }
    } finally {
      lock.unlock();
    }
  }

  private void recycle(Read read) {
    running--;
    read.frame = MemorySegment.NULL;
    read.failure = null;
    idle.add(read);
  }

  private final class Read implements Runnable {
    private long pageNumber;
    private MemorySegment frame = MemorySegment.NULL;
    private int tag;
    private @Nullable IOException failure;

    @Override
    public void run() {
      IOException why;
      try {
        CorruptFileException damage = read();
        if (damage != null) {
          file.noteReadAgain(damage);
          damage = read();
        }
        why = damage;
      } catch (IOException e) {
        why = file.pageFailure(pageNumber, e);
      } catch (RuntimeException | Error e) {
        why =
            new IOException(
                "a page could not be read: path=%s, offset=%d"
                    .formatted(file.path(), file.pageOffset(pageNumber)),
                e);
      }
      end(why);
    }

    private @Nullable CorruptFileException read() throws IOException {
      source.read(frame, file.pageOffset(pageNumber));
      return file.damage(frame, pageNumber);
    }

    private void end(@Nullable IOException why) {
      if (why != null) {
        file.noteFailure(why);
      }
      lock.lock();
      try {
        failure = why;
        arrived.add(this);
        arrival.signal();
      } finally {
        lock.unlock();
      }
    }
  }
}
