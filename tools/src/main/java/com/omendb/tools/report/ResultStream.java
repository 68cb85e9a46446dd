package com.omendb.tools.report;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/// Where results are printed. Unlike other print streams it knows why something could not be
/// written. Not thread-safe.
public final class ResultStream extends PrintStream {
  private final Watched watched;

  /// Results for a stream such as standard output.
  public ResultStream(OutputStream out, Charset charset) {
    this(new Watched(out), charset);
  }

  private ResultStream(Watched watched, Charset charset) {
    super(new BufferedOutputStream(watched), false, charset);
    this.watched = watched;
  }

  /// Brings everything that was printed out.
  ///
  /// @throws LostResultsException if a part of it, now or before, could not be written
  public void requireWritten() {
    flush();
    IOException failure = watched.failure;
    if (failure != null) {
      throw new LostResultsException(failure);
    }
  }

  /// Keeps the first failure, which a print stream swallows.
  private static final class Watched extends FilterOutputStream {
    private @Nullable IOException failure;

    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        out.write(bytes, from, count);
      } catch (IOException e) {
        keep(e);
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        keep(e);
        throw e;
      }
    }

    private void keep(IOException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }
}
