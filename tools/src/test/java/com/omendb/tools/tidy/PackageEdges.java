package com.omendb.tools.tidy;

import com.omendb.tools.tidy.SourceTree.Source;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Which packages of the main sources import which others of them.
///
/// @param of for each package, by name, those that it imports
record PackageEdges(Map<String, Set<String>> of) {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package (com\\.omendb[\\w.]*);");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?(com\\.omendb[\\w.]*)\\.\\w+;");

  static PackageEdges read(List<Source> java) {
    Map<String, Set<String>> edges = new TreeMap<>();
    for (Source source : java) {
      if (source.path().contains("/src/main/")) {
        names(PACKAGE, source.text()).forEach(name -> edges.putIfAbsent(name, new TreeSet<>()));
      }
    }
    for (Source source : java) {
      if (source.path().contains("/src/main/")) {
        for (String from : names(PACKAGE, source.text())) {
          for (String imported : names(IMPORT, source.text())) {
            String to = enclosing(imported, edges.keySet());
            if (!to.isEmpty() && !to.equals(from)) {
              edges.getOrDefault(from, Set.of()).add(to);
            }
          }
        }
      }
    }
    return new PackageEdges(edges);
  }

  private static List<String> names(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }

  /// The package of a class, which may lie in other classes; empty if there is none.
  private static String enclosing(String name, Set<String> packages) {
    String rest = name;
    while (!packages.contains(rest) && rest.contains(".")) {
      rest = rest.substring(0, rest.lastIndexOf('.'));
    }
    return packages.contains(rest) ? rest : "";
  }

  /// The packages that lead back to themselves.
  Set<String> inCircles() {
    Set<String> found = new TreeSet<>();
    for (String start : of.keySet()) {
      Set<String> reached = new TreeSet<>();
      Deque<String> open = new ArrayDeque<>(of.getOrDefault(start, Set.of()));
      while (!open.isEmpty()) {
        String next = open.pop();
        if (reached.add(next)) {
          open.addAll(of.getOrDefault(next, Set.of()));
        }
      }
      if (reached.contains(start)) {
        found.add(start);
      }
    }
    return found;
  }
}
