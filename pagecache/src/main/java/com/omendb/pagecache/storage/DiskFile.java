package com.omendb.pagecache.storage;

import com.omendb.pagecache.linux.DirectChannels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file of this machine, open.
final class DiskFile implements StorageFile {
  private final Path path;
  private FileChannel channel;
  private boolean mayRefuseDirect; // until a first direct write has succeeded

  private DiskFile(Path path, FileChannel channel, boolean direct) {
    this.path = path;
    this.channel = channel;
    this.mayRefuseDirect = direct;
  }

  static DiskFile open(Path path) throws IOException {
    return new DiskFile(path, FileChannel.open(path, StandardOpenOption.READ), false);
  }

  static DiskFile create(Path path, Storage.Access access) throws IOException {
    // Created without the direct flag: a file system that refuses it may leave the file behind.
    FileChannel plain =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return switch (access) {
      case CACHED -> new DiskFile(path, plain, false);
      case DIRECT -> {
        FileChannel direct =
            DirectChannels.tryOpen(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (direct == null) {
          yield new DiskFile(path, plain, false);
        }
        plain.close();
        yield new DiskFile(path, direct, true);
      }
    };
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    int count;
    try {
      count = channel.write(bytes, position);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      if (!mayRefuseDirect) {
        throw e;
      }
      // Some file systems accept the flag and refuse the writes.
      DirectChannels.logRefusal(path, e);
      channel.close();
      channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      count = channel.write(bytes, position);
    }
    mayRefuseDirect = false;
    return count;
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void force() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
