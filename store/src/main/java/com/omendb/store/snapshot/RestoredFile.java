package com.omendb.store.snapshot;

import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A file of an index that is written from an archive, and forced to the device at its end.
final class RestoredFile implements ArchiveReader.Sink {
  private final StorageFile file;
  private final ArchiveWriter.BytesDone done;
  private long position;

  /// Begins a file, which must not exist.
  RestoredFile(FileTarget target, ArchiveWriter.BytesDone done) throws IOException {
    this.file = target.create();
    this.done = done;
  }

  @Override
  public void write(byte[] bytes, int count) throws IOException {
    file.writeFully(ByteBuffer.wrap(bytes, 0, count), position);
    position += count;
    done.bytes(count);
  }

  @Override
  public void complete() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
