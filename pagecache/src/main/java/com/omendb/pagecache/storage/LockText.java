package com.omendb.pagecache.storage;

import com.omendb.errors.LockOwner;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The text of the file of a directory's lock: who holds it.
final class LockText {
  /// More than any owner's text.
  static final int MAX_BYTES = 1024;

  private static final String PID_KEY = "pid=";

  private LockText() {}

  /// This process, now.
  static LockOwner here() {
    return new LockOwner(
        ProcessHandle.current().pid(), hostName(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static String hostName() {
    String name = System.getenv("HOSTNAME");
    if (name != null && !name.isBlank()) {
      return name.strip();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "unknown";
    }
  }

  /// The text of the lock file: `name=value` lines.
  ///
  /// @param owner who takes the lock
  /// @param token tells this text from that of every other lock
  static byte[] encode(LockOwner owner, UUID token) {
    return "pid=%d\nhost=%s\nsince=%s\ntoken=%s\n"
        .formatted(owner.pid(), owner.host(), owner.since(), token)
        .getBytes(StandardCharsets.UTF_8);
  }

  /// Whether bytes may be what a process that died has left of its text: they begin as one does, or
  /// are none, or zeros where the machine crashed.
  static boolean isLeftOver(byte[] bytes) {
    byte[] start = PID_KEY.getBytes(StandardCharsets.UTF_8);
    boolean zeros = true;
    for (byte b : bytes) {
      zeros &= b == 0;
    }
    return zeros || Arrays.mismatch(bytes, start) >= Math.min(bytes.length, start.length);
  }

  /// Reads the text; null when it is not whole, as while the owner is writing it.
  static @Nullable LockOwner decode(byte[] bytes) {
    Map<String, String> values = new HashMap<>();
    String text = new String(bytes, StandardCharsets.UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String pid = values.get("pid");
    String host = values.get("host");
    String since = values.get("since");
    if (pid == null || host == null || since == null) {
      return null;
    }
    try {
      return new LockOwner(Long.parseLong(pid), host, Instant.parse(since));
    } catch (NumberFormatException | DateTimeException _) {
      return null;
    }
  }
}
