package com.omendb.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Progress on a clock that the test moves:
///
/// - share, rate and time left are right; nothing is printed before its time, or when silent
/// - a terminal gets one line that is rewritten and cleared, anything else whole lines
/// - no unit is lost when threads report at once
final class ProgressPrinterTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

  private ProgressPrinter printer(ProgressPrinter.Style style) {
    return new ProgressPrinter(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), style, true, clock::get);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  @Test
  void plainProgressIsALineEveryTenSeconds() {
    try (ProgressPrinter printer = printer(ProgressPrinter.Style.PLAIN)) {
      printer.phase("encode", 4000);
      for (int second = 0; second < 20; second++) {
        clock.addAndGet(SECOND);
        printer.advance(100);
      }
      clock.addAndGet(SECOND / 2);
    }
    assertEquals(
        """
        encode: 25% of 4,000, 100/s, 30 s left
        encode: 50% of 4,000, 100/s, 20 s left
        encode: 2,000 in 21 s, 98/s
        """,
        printed().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void aTerminalGetsOneLineThatIsRewritten() {
    try (ProgressPrinter printer = printer(ProgressPrinter.Style.TERMINAL)) {
      printer.phase("encode", 10);
      clock.addAndGet(SECOND / 2);
      printer.advance(1);
      printer.clearLine();
      printer.clearLine();
    }
    assertEquals(
        "\r\u001b[Kencode\r\u001b[Kencode: 10% of 10, 2.0/s, 4.5 s left\r\u001b[K", printed());
  }

  @Test
  void silenceIsSilent() {
    try (ProgressPrinter printer = printer(ProgressPrinter.Style.SILENT)) {
      printer.phase("encode", 10);
      clock.addAndGet(60 * SECOND);
      printer.advance(5);
      printer.note("something");
    }
    assertEquals("", printed());
  }

  @Test
  void unknownTotalsHaveNoShareAndNoEnd() {
    try (ProgressPrinter printer = printer(ProgressPrinter.Style.PLAIN)) {
      printer.phase("read", 0);
      clock.addAndGet(10 * SECOND);
      printer.advance(25);
      printer.note("half way");
    }
    assertEquals(
        List.of("read: 25, 2.5/s", "half way", "read: 25 in 10 s, 2.5/s"),
        printed().lines().toList());
  }

  @Test
  void phaseTimesAreKept() {
    ProgressPrinter printer = printer(ProgressPrinter.Style.SILENT);
    for (String phase : List.of("a", "b", "a")) {
      printer.phase(phase, 1);
      clock.addAndGet(SECOND);
    }
    printer.close();
    printer.close();
    assertEquals(Map.of("a", 2 * SECOND, "b", SECOND), printer.phaseNanos());
  }

  @Test
  void noUnitIsLostBetweenThreads() throws InterruptedException {
    ProgressPrinter printer = printer(ProgressPrinter.Style.PLAIN);
    printer.phase("count", 40_000);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int unit = 0; unit < 10_000; unit++) {
                      clock.addAndGet(SECOND / 100);
                      printer.advance(1);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    printer.close();
    assertTrue(printed().contains("count: 40,000 in 6 min 40 s"), this::printed);
  }

  @Test
  void durationsReadWell() {
    assertEquals("0.8 s", ProgressPrinter.duration(SECOND * 8 / 10));
    assertEquals("42 s", ProgressPrinter.duration(42 * SECOND));
    assertEquals("3 min 20 s", ProgressPrinter.duration(200 * SECOND));
    assertEquals("2 h 05 min", ProgressPrinter.duration(7500 * SECOND));
  }
}
