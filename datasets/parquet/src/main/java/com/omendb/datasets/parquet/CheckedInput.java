package com.omendb.datasets.parquet;

import com.omendb.datasets.files.VectorFileException;
import dev.hardwood.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A file that refuses to read nothing, or past its end: where a page says that it is longer than
/// its column, the library asks for nothing again and again without end.
///
/// @param file reads the bytes
/// @param path the file as the caller named it, for messages
record CheckedInput(InputFile file, Path path) implements InputFile {
  @Override
  public void open() throws IOException {
    file.open();
  }

  @Override
  public ByteBuffer readRange(long offset, int length) throws IOException {
    if (length < 1 || offset < 0 || length > file.length() - offset) {
      throw new VectorFileException(
          "a page goes on after the end of its column or of the file",
          path,
          offset,
          "1.." + (file.length() - offset) + " bytes",
          length + " bytes");
    }
    return file.readRange(offset, length);
  }

  @Override
  public long length() throws IOException {
    return file.length();
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
