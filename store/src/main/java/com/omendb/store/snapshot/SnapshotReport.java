package com.omendb.store.snapshot;

import java.util.UUID;

/// What was written or restored.
///
/// @param snapshotId of the archive; of links, the index id
/// @param indexId of the index
/// @param fileCount files of the index
/// @param heldCount files whose contents the archive itself holds
/// @param indexBytes bytes of the index's files
/// @param writtenBytes bytes that were written; 0 for links
public record SnapshotReport(
    UUID snapshotId,
    UUID indexId,
    int fileCount,
    int heldCount,
    long indexBytes,
    long writtenBytes) {}
