package com.omendb.diskann.layout;

import com.omendb.diskann.format.PageDirectory;

/// Groups of consecutive nodes, which together hold all nodes. Implementations are thread-safe.
public interface NodeGroups {
  /// Number of groups.
  int count();

  /// The group of a node.
  int group(int node);

  /// The first node of a group; of group number [#count], the number of nodes.
  int firstNode(int group);

  /// The nodes of each page.
  static NodeGroups ofPages(PageDirectory directory) {
    return new NodeGroups() {
      @Override
      public int count() {
        return directory.pageCount();
      }

      @Override
      public int group(int node) {
        return directory.page(node);
      }

      @Override
      public int firstNode(int group) {
        return directory.firstNode(group);
      }
    };
  }

  /// Equally many nodes a group, fewer in the last.
  static NodeGroups of(int nodeCount, int nodesAGroup) {
    return new NodeGroups() {
      @Override
      public int count() {
        return Math.ceilDiv(nodeCount, nodesAGroup);
      }

      @Override
      public int group(int node) {
        return node / nodesAGroup;
      }

      @Override
      public int firstNode(int group) {
        return (int) Math.min((long) group * nodesAGroup, nodeCount);
      }
    };
  }
}
