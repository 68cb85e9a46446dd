package com.omendb.store.snapshot;

import java.util.UUID;

/// What a snapshot or its restoring has written.
///
/// @param snapshotId id of the archive; of hard links the id of the index
/// @param indexId id of the index
/// @param fileCount number of files of the index
/// @param heldCount number of files whose contents the archive itself holds
/// @param indexBytes bytes of the index's files
/// @param writtenBytes bytes that were written; 0 for hard links
public record SnapshotReport(
    UUID snapshotId,
    UUID indexId,
    int fileCount,
    int heldCount,
    long indexBytes,
    long writtenBytes) {}
