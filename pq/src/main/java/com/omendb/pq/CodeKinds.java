package com.omendb.pq;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Kinds of code by name. Immutable and thread-safe.
public final class CodeKinds {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,7}");
  private static final Pattern TEXT = Pattern.compile("([^:]*):([0-9]{1,5})");

  private final List<CodeKind> kinds;

  private CodeKinds(List<CodeKind> kinds) {
    this.kinds = kinds;
  }

  /// Some kinds.
  ///
  /// @param first the one that is used where no other is asked for
  /// @throws IllegalArgumentException if a name is no name of a kind, or two are the same
  public static CodeKinds of(CodeKind first, CodeKind... others) {
    List<CodeKind> kinds = new ArrayList<>();
    kinds.add(first);
    kinds.addAll(List.of(others));
    for (CodeKind kind : kinds) {
      if (!NAME.matcher(kind.name()).matches()) {
        throw new IllegalArgumentException("no name of a kind of code: name=" + kind.name());
      }
      if (kinds.stream().filter(other -> other.name().equals(kind.name())).count() > 1) {
        throw new IllegalArgumentException("two kinds of code of one name: name=" + kind.name());
      }
    }
    return new CodeKinds(List.copyOf(kinds));
  }

  /// The kind that is used where no other is asked for.
  public CodeKind first() {
    return kinds.getFirst();
  }

  /// The kind of a name.
  ///
  /// @throws IllegalArgumentException if there is none
  public CodeKind named(String name) {
    for (CodeKind kind : kinds) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "unknown kind of code, known are "
            + kinds.stream().map(CodeKind::name).collect(Collectors.joining(", "))
            + ": kind="
            + name);
  }

  /// The code of a text such as `pq:48`.
  ///
  /// @throws IllegalArgumentException if it is none, or of an unknown kind
  public CodeSpec parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no code, which is kind:bytes: code=" + text);
    }
    return new CodeSpec(named(parts.group(1)), Integer.parseInt(parts.group(2)));
  }
}
