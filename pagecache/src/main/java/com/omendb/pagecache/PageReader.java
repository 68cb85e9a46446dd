package com.omendb.pagecache;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Reads pages of one [PageFile] into frames, several at a time.
///
/// The shape is asynchronous: [#submit] queues, [#await] starts what is queued and returns what has
/// arrived. Each page that is returned was checked with [PageFile#verify]. One reader belongs to
/// one thread at a time; a page file gives any number of readers. An interrupt neither fails nor
/// shortens a read: it stays pending for the caller.
public interface PageReader extends AutoCloseable {
  /// The most pages that can be queued and in flight together.
  int capacity();

  /// Queues the read of one page.
  ///
  /// @param frame native memory of one page's bytes at a multiple of 4096; it must stay valid, and
  ///   belongs to the reader, until its completion is returned or [#await] throws
  /// @param tag returned with the completion
  /// @throws IllegalArgumentException when the page is not in the file or the frame does not serve
  /// @throws IllegalStateException when `capacity()` pages are in flight, or the reader is closed
  void submit(long pageNumber, MemorySegment frame, int tag);

  /// Starts all queued reads and waits until at least `minCompletions` pages have arrived; 0 starts
  /// them and returns at once.
  ///
  /// @param tags receives the tags of the pages that arrived; no more than its length are returned
  /// @return how many tags were filled
  /// @throws IllegalStateException when the reader is closed
  /// @throws IOException when a read failed, came short or brought a damaged page. By then nothing
  ///   is in flight any more and no frame is written to: the other pages in flight are dropped as
  ///   well
  int await(int minCompletions, int[] tags) throws IOException;

  /// Pages submitted and not yet returned.
  int inFlight();

  /// Waits for what is in flight and forgets it: no frame is written to after.
  void drop();

  /// Drops what is in flight and releases the reader. A second call does nothing.
  @Override
  void close();
}
