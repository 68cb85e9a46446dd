package com.omendb.tools.bench;

/// How hard a search looks.
///
/// @param listSize length of the candidate list: OmenDB's searchListSize, JVector's rerankK
/// @param beamWidth page requests in flight, 0 to let the index choose; OmenDB's alone
record Effort(int listSize, int beamWidth) {

  /// Parses `30` or, with a beam width, `30/4`.
  ///
  /// @throws NumberFormatException if it is neither
  static Effort parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new Effort(Integer.parseInt(text), 0)
        : new Effort(
            Integer.parseInt(text.substring(0, slash)),
            Integer.parseInt(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return beamWidth == 0 ? String.valueOf(listSize) : listSize + "/" + beamWidth;
  }
}
