package com.omendb.diskann.format;

/// Which row of the input each node of the disk layout is, and back.
///
/// The layout numbers nodes by page position; an order that places neighbours beside each other
/// saves page reads. Immutable and thread-safe.
public interface NodeOrder {

  /// The row that is stored as `node`.
  int row(int node);

  /// The node that stores `row`.
  int node(int row);

  /// Nodes in the order of the input.
  static NodeOrder identity() {
    return new NodeOrder() {
      @Override
      public int row(int node) {
        return node;
      }

      @Override
      public int node(int row) {
        return row;
      }
    };
  }
}
