package com.omendb.pq.product;

import static com.omendb.pq.simd.CentroidKernels.GROUP_COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_POINTS;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.INT;

import com.omendb.pq.rows.RowReader;
import com.omendb.pq.simd.CentroidKernels;
import com.omendb.pq.simd.KernelChoice;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;

/// Encodes rows a batch at a time: the batch is turned to floats in groups of points, then each
/// subspace's codebook, which stays in the first cache level meanwhile, meets all rows of the
/// batch. For one thread.
final class Encoder implements AutoCloseable {
  /// A batch of floats fits the second cache level, unless one group alone is larger.
  private static final int BATCH_FLOATS = 32 * 1024;

  private static final int MAX_BATCH_GROUPS = 8;

  private final CentroidKernels kernels = KernelChoice.centroids();
  private final Arena arena = Arena.ofConfined();
  private final ProductQuantizer quantizer;
  private final Subspaces subspaces;
  private final int batchRows;
  private final long groupBytes;
  private final long batch;
  private final long numbers;

  Encoder(ProductQuantizer quantizer) {
    this.quantizer = quantizer;
    subspaces = quantizer.subspaces();
    groupBytes = subspaces.dimension() * GROUP_COLUMN_BYTES;
    long fitting = BATCH_FLOATS * (long) Float.BYTES / groupBytes;
    int batchGroups = Math.clamp(fitting, 1, MAX_BATCH_GROUPS);
    batchRows = batchGroups * GROUP_POINTS;
    batch = arena.allocate(batchGroups * groupBytes, 64).address();
    numbers = arena.allocate(batchGroups * GROUP_COLUMN_BYTES, 64).address();
  }

  /// Encodes rows on this thread; the caller has checked that rows and codes fit, and keeps their
  /// memory open.
  ///
  /// @param target address of the first code
  void encode(VectorSource source, long fromRow, long rowCount, long target) {
    for (long done = 0; done < rowCount; done += batchRows) {
      int rows = (int) Math.min(batchRows, rowCount - done);
      encodeBatch(source, fromRow + done, rows, target + done * subspaces.count());
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void encodeBatch(VectorSource source, long fromRow, int rows, long codes) {
    for (int i = 0; i < rows; i++) {
      long point = batch + i / GROUP_POINTS * groupBytes + 4L * (i % GROUP_POINTS);
      RowReader.read(source, fromRow + i, quantizer.normalize(), point, GROUP_COLUMN_BYTES);
    }
    // The last group may be partly filled: what an earlier batch left there is assigned in vain.
    int groupCount = Math.ceilDiv(rows, GROUP_POINTS);
    long codebook = quantizer.codebook().address();
    for (int s = 0; s < subspaces.count(); s++) {
      kernels.assign(
          batch + subspaces.offset(s) * GROUP_COLUMN_BYTES,
          groupBytes,
          groupCount,
          codebook + subspaces.codebookOffset(s),
          subspaces.length(s),
          numbers);
      writeNumbers(rows, codes + s);
    }
  }

  private void writeNumbers(int rows, long codes) {
    int codeBytes = subspaces.count();
    for (int i = 0; i < rows; i++) {
      ALL.set(BYTE, codes + (long) i * codeBytes, (byte) ALL.get(INT, numbers + 4L * i));
    }
  }
}
