package com.omendb.tools.bench;

import com.omendb.tools.report.ByteSize;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The `--name value` pairs that a benchmark was started with. A benchmark that has read all that
/// it knows calls [#requireAllRead()], so that a misspelt name is an error. Not thread-safe.
final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> read = new HashSet<>();

  /// Parses the pairs from place `from` on.
  ///
  /// @throws IllegalArgumentException if they are not pairs
  Arguments(String[] args, int from) {
    for (int i = from; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException("expected --name value: argument=" + args[i]);
      }
      values.put(args[i].substring(2), args[i + 1]);
    }
  }

  /// A value that may be missing.
  Optional<String> text(String name) {
    read.add(name);
    return Optional.ofNullable(values.get(name));
  }

  /// A path that has to be given.
  Path path(String name) {
    return optionalPath(name).orElseThrow(() -> new IllegalArgumentException("missing: --" + name));
  }

  /// A path that may be missing.
  Optional<Path> optionalPath(String name) {
    return text(name).map(Path::of);
  }

  /// A positive whole number.
  int count(String name, int otherwise) {
    return number(name, otherwise, 1, Integer::valueOf);
  }

  /// A whole number from 0 on, 0 if it is not given.
  int countOrZero(String name) {
    return number(name, 0, 0, Integer::valueOf);
  }

  /// A number from 0 on.
  double number(String name, double otherwise) {
    return number(name, otherwise, 0, Double::valueOf);
  }

  /// A size such as `64MB`.
  long bytes(String name, String otherwise) {
    return ByteSize.parse(text(name).orElse(otherwise));
  }

  /// Numbers with commas between them.
  <T> List<T> list(String name, String otherwise, Function<String, T> parser) {
    String text = text(name).orElse(otherwise);
    try {
      return Arrays.stream(text.split(",", -1)).map(String::strip).map(parser).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a list of numbers: --" + name + " " + text, e);
    }
  }

  /// Ends the reading.
  ///
  /// @throws IllegalArgumentException if a name was given that the benchmark does not know
  void requireAllRead() {
    values.keySet().stream()
        .filter(name -> !read.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("unknown: --" + name);
            });
  }

  private <T extends Number> T number(
      String name, T otherwise, double least, Function<String, T> parser) {
    Optional<String> text = text(name);
    try {
      T value = text.map(parser).orElse(otherwise);
      // Written so that NaN fails too.
      if (!(value.doubleValue() >= least)) {
        throw new IllegalArgumentException("out of range: --" + name + " " + value);
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a number: --" + name + " " + text.orElse(""), e);
    }
  }
}
