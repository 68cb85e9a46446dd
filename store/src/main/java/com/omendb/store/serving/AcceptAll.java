package com.omendb.store.serving;

/// Every node may be an answer.
///
/// @param count nodes of the index
record AcceptAll(int count) implements Accept {
  @Override
  public boolean node(int node) {
    return true;
  }

  @Override
  public boolean acceptsAll() {
    return true;
  }
}
