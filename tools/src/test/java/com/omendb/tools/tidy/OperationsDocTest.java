package com.omendb.tools.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.store.metrics.FailureType;
import com.omendb.store.metrics.Meter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What operators see is written down, and nothing else is:
///
/// - every message has a code of its own, goes through a `LogCode`, and is in docs/OPERATIONS.md
/// - so are every meter, every type of failure and every event of the Flight Recorder
final class OperationsDocTest {
  private static final Pattern CODE = Pattern.compile("OMEN-\\d{4}");
  private static final Pattern EVENT = Pattern.compile("@Name\\(\"(com\\.omendb\\.\\w+)\"\\)");

  private static SourceTree tree;
  private static String document;

  @BeforeAll
  static void read() throws IOException {
    tree = SourceTree.read();
    document = Files.readString(tree.root().resolve("docs/OPERATIONS.md"));
  }

  @Test
  void everyMessageHasACodeOfItsOwnAndIsDocumented() {
    List<String> codes =
        tree.java().stream()
            .filter(source -> source.path().endsWith("/LogCode.java"))
            .flatMap(source -> CODE.matcher(codeOf(source.text())).results())
            .map(MatchResult::group)
            .toList();
    assertTrue(codes.size() >= 16, codes::toString);
    Set<String> distinct = new TreeSet<>(codes);
    assertEquals(distinct.size(), codes.size(), codes::toString);
    Set<String> documented =
        CODE.matcher(document)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(distinct, documented);
  }

  // Without the comments.
  private static String codeOf(String text) {
    return text.replaceAll("(?m)^\\s*///.*$", "");
  }

  @Test
  void messagesGoThroughTheirCodes() {
    Pattern logging = Pattern.compile("System\\.getLogger\\(|\\bLOGGER\\b");
    Set<String> wrong =
        tree.java().stream()
            .filter(source -> !source.isTest())
            .filter(source -> !source.path().endsWith("/LogCode.java"))
            .filter(source -> logging.matcher(source.text()).find())
            .map(SourceTree.Source::path)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), wrong, "logs without a code");
  }

  @Test
  void everyMeterIsDocumented() {
    Set<String> missing = new TreeSet<>();
    for (Meter meter : Meter.values()) {
      if (!document.contains("`" + meter.label() + "`")) {
        missing.add(meter.label());
      }
    }
    for (FailureType type : FailureType.values()) {
      if (!document.contains("`" + type.label() + "`")) {
        missing.add(type.label());
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyEventIsDocumented() {
    Set<String> events =
        tree.java().stream()
            .filter(source -> !source.isTest())
            .flatMap(source -> EVENT.matcher(source.text()).results())
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(events.size() >= 4, events::toString);
    events.removeIf(event -> document.contains("`" + event + "`"));
    assertEquals(Set.of(), events);
  }
}
