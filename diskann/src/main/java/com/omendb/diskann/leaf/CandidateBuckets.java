package com.omendb.diskann.leaf;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// Candidate edges on their way from the leaves, where they are found, to their nodes, which use
/// them: appended to buckets by ranges of nodes, then read bucket by bucket and node by node.
///
/// ```
/// sinks (a thread each)          buckets                        readers (a thread each)
///   open chunk per bucket  ->  full chunks  -> when too many:   group by node ->
///                              reduced to the nearest of each   the nearest of each node
///                              node; if still too many: spilled
/// ```
///
/// Appending is sequential within each chunk and takes no lock until a chunk is full. Whether
/// chunks were reduced or spilled never changes what is read. What is read of a node does not
/// depend on the order in which its candidates came.
///
/// All adding ends before reading begins. Sinks and readers belong to one thread each; everything
/// else is thread-safe.
final class CandidateBuckets implements AutoCloseable {
  private static final int TARGET_PLACES = 4096;
  private static final int MAX_BUCKETS = 1024;
  private static final int MIN_CHUNK_BYTES = 4096;
  private static final int MAX_CHUNK_BYTES = 1 << 16;

  // A bucket that a reduction leaves this full would be reduced again too soon.
  private static final double WORTH_KEEPING = 0.75;

  private final int nodeCount;
  private final int keep;
  private final int placeBits;
  private final int bucketCount;
  private final int chunksPerBucket;
  private final boolean ownsMemory;
  private final Arena arena;
  private final ChunkPool pool;
  private final SpillFile spill;
  private final Bucket[] buckets;
  private final AtomicLong reductions = new AtomicLong();
  // 16 bits a node: the distance of the farthest of its nearest candidates after a reduction.
  private final MemorySegment bounds;

  /// Empty buckets for the candidates of the nodes 0..nodeCount-1.
  ///
  /// @param keep candidates that are read of a node at most
  /// @param memoryBytes that the buckets may use before they spill; they use a few chunks more
  /// @param threads that will have a sink
  /// @param spillPath where a scratch file is created if it is needed
  CandidateBuckets(int nodeCount, int keep, long memoryBytes, int threads, Path spillPath) {
    this.nodeCount = nodeCount;
    this.keep = keep;
    this.placeBits = placeBits(nodeCount);
    this.bucketCount = ((nodeCount - 1) >>> placeBits) + 1;
    long chunkShare = memoryBytes / ((long) bucketCount * (2L * threads + 16));
    int chunkBytes =
        Math.clamp(Long.highestOneBit(Math.max(1, chunkShare)), MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    this.chunksPerBucket = Math.clamp(memoryBytes / chunkBytes / bucketCount - threads, 1, 1 << 20);
    this.ownsMemory = true;
    this.arena = Arena.ofShared();
    this.pool = new ChunkPool(arena, chunkBytes);
    this.spill = new SpillFile(spillPath);
    this.bounds = newBounds();
    this.buckets = newBuckets(bucketCount);
  }

  /// Empty buckets that share the memory of others, which give it up as they are read. To be closed
  /// before those.
  CandidateBuckets(CandidateBuckets others, int keep, Path spillPath) {
    this.nodeCount = others.nodeCount;
    this.keep = keep;
    this.placeBits = others.placeBits;
    this.bucketCount = others.bucketCount;
    this.chunksPerBucket = others.chunksPerBucket;
    this.ownsMemory = false;
    this.arena = others.arena;
    this.pool = others.pool;
    this.spill = new SpillFile(spillPath);
    this.bounds = newBounds();
    this.buckets = newBuckets(bucketCount);
  }

  private static int placeBits(int nodeCount) {
    int bits = Integer.numberOfTrailingZeros(TARGET_PLACES);
    while ((nodeCount - 1) >>> bits >= MAX_BUCKETS) {
      bits++;
    }
    return bits;
  }

  private static Bucket[] newBuckets(int count) {
    Bucket[] buckets = new Bucket[count];
    Arrays.setAll(buckets, _ -> new Bucket());
    return buckets;
  }

  private MemorySegment newBounds() {
    return arena.allocate((long) nodeCount * Short.BYTES, Short.BYTES).fill((byte) -1);
  }

  /// Bytes of native memory that must be granted for a node, at the least, so that nothing spills.
  static long bytesWithoutSpilling(int keep) {
    return (long) (Records.bytes(keep) * 1.6);
  }

  /// The least memory with which buckets work: the open chunks of all sinks, and few others.
  static long leastBytes(long nodeCount, int threads) {
    int bits = placeBits((int) nodeCount);
    return (((nodeCount - 1) >>> bits) + 1) * (2L * threads + 16) * MIN_CHUNK_BYTES;
  }

  /// What buckets that share the memory of others add to it at most, as a part of it: the open
  /// chunks of their own sinks.
  static double openShare(int threads) {
    return threads / (2.0 * threads + 16);
  }

  /// Native bytes of the bounds of the nodes, which come on top of the memory for candidates.
  static long boundBytes(long nodeCount) {
    return nodeCount * Short.BYTES;
  }

  /// Candidates that are read of a node at most.
  int keep() {
    return keep;
  }

  /// Number of buckets.
  int bucketCount() {
    return bucketCount;
  }

  /// The first node of a bucket.
  int firstNode(int bucket) {
    return bucket << placeBits;
  }

  /// The node after the last of a bucket.
  int endNode(int bucket) {
    return (int) Math.min(nodeCount, (bucket + 1L) << placeBits);
  }

  /// Bytes written to the scratch file so far.
  long spilledBytes() {
    return spill.bytes();
  }

  /// How often a bucket was reduced to the nearest of each node.
  long reductions() {
    return reductions.get();
  }

  /// A sink for one thread.
  CandidateSink newSink() {
    return new Sink();
  }

  /// A reader for one thread.
  Reader newReader() {
    return new Reader();
  }

  @Override
  public void close() {
    spill.close();
    if (ownsMemory) {
      arena.close();
    }
  }

  private int bound(int node) {
    return NativeMemory.ALL.get(NativeMemory.SHORT, bounds.address() + 2L * node) & 0xffff;
  }

  private void lowerBound(int node, int shortened) {
    NativeMemory.ALL.set(NativeMemory.SHORT, bounds.address() + 2L * node, (short) shortened);
  }

  /// Takes a chunk that a sink has filled. The reducer is that of the calling thread.
  private void handOver(int index, long chunk, int bytes, Reducer reducer) {
    Bucket bucket = buckets[index];
    synchronized (bucket) {
      bucket.add(chunk, bytes);
      if (bucket.chunkCount() > chunksPerBucket) {
        reducer.reduce(index, bucket);
        if (bucket.chunkCount() > chunksPerBucket * WORTH_KEEPING) {
          bucket.spill(spill, pool);
        }
      }
    }
  }

  private final class Sink implements CandidateSink {
    private final long[] chunks = new long[bucketCount];
    private final long[] ats = new long[bucketCount];
    private final long[] ends = new long[bucketCount];
    private final Reducer reducer = new Reducer();

    @Override
    public void add(int node, int[] candidates, float[] distances, int count) {
      for (int from = 0; from < count; from += Records.MAX_COUNT) {
        add(node, candidates, distances, from, Math.min(count, from + Records.MAX_COUNT));
      }
    }

    private void add(int node, int[] candidates, float[] distances, int from, int to) {
      int index = node >>> placeBits;
      long record = ats[index];
      if (ends[index] - record < Records.bytes(to - from)) {
        record = nextChunk(index);
      }
      int bound = bound(node);
      int kept = 0;
      for (int i = from; i < to; i++) {
        int shortened = Records.shortened(distances[i]);
        if (shortened <= bound) {
          Records.putEntry(record, kept++, Records.entry(candidates[i], shortened));
        }
      }
      if (kept > 0) {
        Records.putHeader(record, node & ((1 << placeBits) - 1), kept);
        ats[index] = record + Records.bytes(kept);
      }
    }

    private long nextChunk(int index) {
      if (chunks[index] != 0) {
        handOver(index, chunks[index], (int) (ats[index] - chunks[index]), reducer);
      }
      long chunk = pool.take();
      chunks[index] = chunk;
      ats[index] = chunk;
      ends[index] = chunk + pool.chunkBytes() - Records.OVERHANG_BYTES;
      return chunk;
    }

    @Override
    public void close() {
      for (int index = 0; index < bucketCount; index++) {
        if (chunks[index] != 0) {
          handOver(index, chunks[index], (int) (ats[index] - chunks[index]), reducer);
          chunks[index] = 0;
        }
      }
    }
  }

  /// Reduces buckets to the nearest candidates of each of their nodes. Belongs to one thread.
  private final class Reducer {
    private final NearestDistinct nearest = new NearestDistinct(keep);
    private final RecordGroups groups = new RecordGroups(1 << placeBits);

    void reduce(int index, Bucket bucket) {
      reductions.incrementAndGet();
      int first = firstNode(index);
      int places = endNode(index) - first;
      groups.group(places, bucket.chunks(), bucket.bytes(), bucket.chunkCount());
      Bucket reduced = new Bucket();
      long chunk = pool.take();
      long at = chunk;
      for (int place = 0; place < places; place++) {
        if (groups.isEmpty(place)) {
          continue;
        }
        groups.collect(place, nearest);
        int count = nearest.select();
        if (count == keep) {
          lowerBound(first + place, (int) (nearest.entry(keep - 1) >>> 32));
        }
        for (int from = 0; from < count; from += Records.MAX_COUNT) {
          int part = Math.min(Records.MAX_COUNT, count - from);
          if (chunk + pool.chunkBytes() - at < Records.bytes(part) + Records.OVERHANG_BYTES) {
            reduced.add(chunk, (int) (at - chunk));
            chunk = pool.take();
            at = chunk;
          }
          for (int i = 0; i < part; i++) {
            Records.putEntry(at, i, nearest.entry(from + i));
          }
          Records.putHeader(at, place, part);
          at += Records.bytes(part);
        }
      }
      reduced.add(chunk, (int) (at - chunk));
      bucket.replaceBy(reduced, pool);
    }
  }

  /// Reads buckets. Opening the next releases the one before. Belongs to one thread.
  final class Reader {
    private final NearestDistinct nearest = new NearestDistinct(keep);
    private final RecordGroups groups = new RecordGroups(1 << placeBits);
    private final BucketMemory memory = new BucketMemory();
    private int firstNode;

    /// Opens a bucket that no reader has opened before.
    void open(int index) {
      Bucket bucket = buckets[index];
      firstNode = firstNode(index);
      memory.load(bucket, spill);
      groups.group(
          endNode(index) - firstNode, memory.blocks(), memory.bytes(), memory.blockCount());
    }

    /// Reads the nearest candidates of a node of the open bucket, nearest first, equal ones by
    /// node; returns how many, at most `keep`.
    int read(int node, int[] candidates) {
      groups.collect(node - firstNode, nearest);
      int count = nearest.select();
      for (int i = 0; i < count; i++) {
        candidates[i] = (int) nearest.entry(i);
      }
      return count;
    }

    /// Lets the memory of a bucket go, after its last node was read.
    void release(int index) {
      buckets[index].release(pool);
    }
  }
}
