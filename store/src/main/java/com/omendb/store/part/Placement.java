package com.omendb.store.part;

/// Where a part of an index is while the index is served.
public enum Placement {
  /// On the device, read page by page through the page cache.
  PAGED,

  /// In memory, whatever the budget.
  RESIDENT,

  /// In memory if the plan for the budget asks for it, else not read at all.
  CHOSEN,

  /// Not read while searching.
  COLD
}
