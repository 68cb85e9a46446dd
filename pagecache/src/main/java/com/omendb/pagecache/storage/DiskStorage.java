package com.omendb.pagecache.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// The files of this machine.
final class DiskStorage implements Storage {
  static final DiskStorage INSTANCE = new DiskStorage();

  private DiskStorage() {}

  @Override
  public StorageFile create(Path path, Access access) throws IOException {
    return DiskFile.create(path, access);
  }

  @Override
  public StorageFile open(Path path) throws IOException {
    return DiskFile.open(path);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void link(Path existing, Path link) throws IOException {
    Files.createLink(link, existing);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  @Override
  public DirectoryLock lock(Path directory) throws IOException {
    return DirectoryLock.acquire(directory);
  }

  @Override
  public String toString() {
    return "the disk";
  }
}
