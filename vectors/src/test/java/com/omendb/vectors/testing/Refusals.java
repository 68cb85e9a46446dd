package com.omendb.vectors.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/// Asserts that a caller's mistake is refused with a message that names it.
public final class Refusals {
  private Refusals() {}

  /// The message of the [IllegalArgumentException] that `mistake` must throw.
  public static String refusal(Executable mistake) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, mistake).getMessage());
  }

  /// Asserts that `mistake` throws an [IllegalArgumentException] whose message contains `part`.
  public static void assertRefused(String part, Executable mistake) {
    String message = refusal(mistake);
    assertTrue(message.contains(part), () -> "no \"" + part + "\" in: " + message);
  }
}
