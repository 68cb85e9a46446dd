package com.omendb.pagecache.linux;

import com.omendb.pagecache.log.LogCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Opens files past the kernel's page cache where the file system allows it.
public final class DirectChannels {
  private static final AtomicBoolean REFUSAL_LOGGED = new AtomicBoolean();

  /// `ExtendedOpenOption.DIRECT`, or null in a JDK without it. By name, because javac warns of each
  /// use of that class in the source, and that warning cannot be switched off.
  private static final @Nullable OpenOption DIRECT = findDirect();

  private DirectChannels() {}

  private static @Nullable OpenOption findDirect() {
    try {
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
          return direct;
        }
      }
      return null;
    } catch (ClassNotFoundException _) {
      return null;
    }
  }

  /// A direct channel, or null where the file system refuses one (said once a process).
  public static @Nullable FileChannel tryOpen(Path path, OpenOption... options) throws IOException {
    if (DIRECT == null) {
      logRefusal(path, new UnsupportedOperationException("this JDK has no direct channels"));
      return null;
    }
    OpenOption[] withDirect = Arrays.copyOf(options, options.length + 1);
    withDirect[options.length] = DIRECT;
    try {
      return FileChannel.open(path, withDirect);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // What cannot be opened at all fails here, with the reason.
      FileChannel.open(path, options).close();
      logRefusal(path, e);
      return null;
    }
  }

  /// Says once a process that files are read and written through the kernel's page cache.
  public static void logRefusal(Path path, Exception reason) {
    if (REFUSAL_LOGGED.compareAndSet(false, true)) {
      LogCode.DIRECT_IO_REFUSED.log(path, reason);
    }
  }
}
