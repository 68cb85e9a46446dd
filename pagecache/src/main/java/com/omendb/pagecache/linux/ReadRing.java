package com.omendb.pagecache.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A pair of queues for reads of one file: requests go in, [#enter] hands them over and waits,
/// completions come out in any order. Not thread-safe, but threads may take turns.
public interface ReadRing extends AutoCloseable {
  /// How many requests can be handed over at once without losing a completion.
  int completionCapacity();

  /// Makes reads into this memory cheaper where that is possible; others stay possible. To be
  /// called once, before the first read.
  ///
  /// @param target where reads will go; it must outlive the ring
  /// @param unitBytes what one read will go to: units lie in the memory one after another
  void register(MemorySegment target, int unitBytes);

  /// Adds a read to the requests for the next [#enter].
  ///
  /// @param address native memory of `bytes` bytes, valid until the completion is taken
  /// @param offset position in the file
  /// @param userData returned with the completion
  /// @return false when the queue is full: enter first
  boolean queueRead(long address, int bytes, long offset, long userData);

  /// Requests queued and not yet taken by [#enter].
  int unsubmitted();

  /// Takes back all requests that [#enter] has not taken.
  ///
  /// @return how many
  int unqueue();

  /// Hands over the queued requests and waits for completions.
  ///
  /// @param minCompletions how many completions must be there to return; 0 does not wait
  /// @return 0, or the negated error number; what was taken in spite of it shows in [#unsubmitted]
  int enter(int minCompletions);

  /// Whether there is a completion to look at.
  boolean hasCompletion();

  /// The request's `userData` of the oldest completion; only after [#hasCompletion].
  long completionUserData();

  /// Bytes read, or the negated error number, of the oldest completion; only after
  /// [#hasCompletion].
  int completionResult();

  /// Goes on to the next completion.
  void takeCompletion();

  /// Releases the ring. No request may be under way. A second call does nothing.
  @Override
  void close() throws IOException;

  /// Makes rings.
  interface Factory {
    /// A ring for reads of one file.
    ///
    /// @param entries requests that should fit before an [#enter]
    /// @throws IOException when the system refuses, with the reason
    ReadRing open(int entries, int fileDescriptor) throws IOException;
  }
}
