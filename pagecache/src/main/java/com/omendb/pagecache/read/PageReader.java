package com.omendb.pagecache.read;

import com.omendb.pagecache.file.PageHeader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads pages of one [PageFile] into frames, several at a time.
///
/// The shape is asynchronous: [#submit] queues, [#await] starts what is queued and returns what has
/// arrived, each page checked with [PageHeader#verify]. One reader belongs to one thread at a time;
/// a page file gives any number of readers. An interrupt neither fails nor shortens a read: it
/// stays pending for the caller.
public interface PageReader extends AutoCloseable {
  /// The most pages that can be queued and in flight together.
  int capacity();

  /// Queues the read of one page.
  ///
  /// @param frame native memory of one page's bytes at a multiple of 4096; it must stay valid, and
  ///   belongs to the reader, until its tag is returned
  /// @param tag returned with the completion
  /// @throws IllegalArgumentException when the page is not in the file or the frame does not serve
  /// @throws IllegalStateException when `capacity()` pages are in flight, or reader or file are
  ///   closed
  void submit(long pageNumber, MemorySegment frame, int tag);

  /// Starts all queued reads and waits until at least `minCompletions` of them have completed; 0
  /// starts them and returns at once.
  ///
  /// @param tags receives the tags of the reads that completed; at most its length are returned
  /// @param failures receives, for each tag, null when its page is in the frame, or why it is not:
  ///   the read failed or came short, or the page is damaged, also when read a second time. One
  ///   failure does not disturb the other reads, and the frame of a failed one is not written to
  ///   any more
  /// @return how many tags and failures were filled
  /// @throws IllegalStateException when the reader is closed
  int await(int minCompletions, int[] tags, @Nullable IOException[] failures);

  /// Pages submitted and not yet returned.
  int inFlight();

  /// Waits for what is in flight and forgets it: no frame is written to after.
  void drop();

  /// Drops what is in flight and releases the reader. A second call does nothing.
  @Override
  void close();
}
