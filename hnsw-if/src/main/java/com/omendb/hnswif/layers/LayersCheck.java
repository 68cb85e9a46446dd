package com.omendb.hnswif.layers;

import com.omendb.diskann.checking.EntryCheck;
import com.omendb.pagecache.FileHeader;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.Content;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.FileSpec;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Checks the upper layers of a hybrid index against their format and the base layer: members are
/// different nodes, edges lead to other members of the same layer, padding and unused places are
/// zero, the top layer can be walked from its entry, and vectors are those of the pages.
public final class LayersCheck implements EntryCheck {
  /// A check without state.
  public LayersCheck() {}

  @Override
  public List<FileSpec> files(Manifest manifest) {
    return List.of(
        new FileSpec(
            UpperLayers.FILE,
            LayersFormat.MAGIC,
            LayersFormat.VERSION,
            header ->
                FileSpec.isFlat(header, LayersFormat.FIELD_FIRST_COUNT + 1)
                    && LayersFormat.fits(header.fields(), header.payloadBytes(), manifest)));
  }

  @Override
  public VectorCopies check(Manifest manifest, CheckedFile file, Content content, DamageLog log)
      throws IOException {
    return new Run(manifest, file, content, log).check();
  }

  /// The check of one file.
  private static final class Run {
    private static final int PIECE_BYTES = 1 << 16;

    private final CheckedFile file;
    private final Content content;
    private final DamageLog log;
    private final long nodeCount;
    private final long[] memberCounts;
    private final int vectorBytes;
    private final int maxDegree;
    private final int entry;

    Run(Manifest manifest, CheckedFile file, Content content, DamageLog log) {
      this.file = file;
      this.content = content;
      this.log = log;
      this.nodeCount = manifest.count();
      long[] fields = file.header().fields();
      this.memberCounts = LayersFormat.memberCounts(fields);
      this.vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
      this.maxDegree = (int) fields[LayersFormat.FIELD_MAX_DEGREE];
      this.entry = (int) fields[LayersFormat.FIELD_ENTRY];
    }

    VectorCopies check() throws IOException {
      long members = memberCounts[0];
      long vectors = LayersFormat.vectorsOffset(members);
      long vectorsEnd = vectors + members * vectorBytes;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment scratch = arena.allocate(PIECE_BYTES, 64);
        long[] memberOfNode = members(scratch);
        requireZero(members * Integer.BYTES, vectors, scratch);
        requireZero(vectorsEnd, rowsOffset(0), scratch);
        for (int layer = 0; layer < memberCounts.length; layer++) {
          checkRows(layer, scratch);
        }
        if (log.isWhole(file.name())) {
          checkTopLayer(scratch);
        }
        return (node, address) -> compare(memberOfNode, vectors, node, address);
      }
    }

    private long rowsOffset(int layer) {
      return LayersFormat.rowsOffset(memberCounts, layer, vectorBytes, maxDegree);
    }

    // Node and member in one number, ascending.
    private long[] members(MemorySegment scratch) throws IOException {
      long[] memberOfNode = new long[Math.toIntExact(memberCounts[0])];
      int step = PIECE_BYTES / Integer.BYTES;
      for (int from = 0; from < memberOfNode.length; from += step) {
        int count = Math.min(step, memberOfNode.length - from);
        MemorySegment piece =
            content.piece((long) from * Integer.BYTES, (long) count * Integer.BYTES, scratch);
        for (int i = 0; i < count; i++) {
          long node = Integer.toUnsignedLong(piece.getAtIndex(NativeMemory.INT, i));
          if (node >= nodeCount) {
            add(
                Kind.FORMAT,
                (long) (from + i) * Integer.BYTES,
                "nodes below " + nodeCount,
                "node=" + node);
          }
          memberOfNode[from + i] = node << Integer.SIZE | (from + i);
        }
      }
      Arrays.sort(memberOfNode);
      for (int i = 1; i < memberOfNode.length; i++) {
        if (node(memberOfNode[i]) == node(memberOfNode[i - 1])) {
          add(
              Kind.FORMAT,
              (memberOfNode[i] & 0xffffffffL) * Integer.BYTES,
              "a node of its own for each member",
              "node=" + node(memberOfNode[i]));
        }
      }
      return memberOfNode;
    }

    private static long node(long nodeAndMember) {
      return nodeAndMember >>> Integer.SIZE;
    }

    private void checkRows(int layer, MemorySegment scratch) throws IOException {
      int places = maxDegree + 1;
      int step = PIECE_BYTES / Integer.BYTES / places;
      for (long from = 0; from < memberCounts[layer]; from += step) {
        int count = (int) Math.min(step, memberCounts[layer] - from);
        long offset = rowsOffset(layer) + from * LayersFormat.rowBytes(maxDegree);
        MemorySegment piece =
            content.piece(offset, count * LayersFormat.rowBytes(maxDegree), scratch);
        for (int i = 0; i < count; i++) {
          checkRow(layer, from + i, piece, (long) i * places, offset);
        }
      }
    }

    private void checkRow(int layer, long member, MemorySegment rows, long first, long offset) {
      int degree = rows.getAtIndex(NativeMemory.INT, first);
      if (degree < 0 || degree > maxDegree) {
        add(
            Kind.EDGE,
            offset + first * Integer.BYTES,
            "at most " + maxDegree + " neighbours",
            "degree=" + degree);
        return;
      }
      for (int i = 1; i <= maxDegree; i++) {
        int neighbour = rows.getAtIndex(NativeMemory.INT, first + i);
        boolean used = i <= degree;
        boolean right =
            used
                ? neighbour >= 0 && neighbour < memberCounts[layer] && neighbour != member
                : neighbour == 0;
        if (!right) {
          add(
              used ? Kind.EDGE : Kind.FORMAT,
              offset + (first + i) * Integer.BYTES,
              used ? "another of " + memberCounts[layer] + " members: member=" + member : "zero",
              String.valueOf(neighbour));
        }
      }
    }

    // Layers below are entered at any member of the layer above, the top one at one member only.
    private void checkTopLayer(MemorySegment scratch) throws IOException {
      int top = memberCounts.length - 1;
      int count = Math.toIntExact(memberCounts[top]);
      BitSet reached = new BitSet(count);
      int[] waiting = new int[count];
      int waitingCount = 0;
      reached.set(entry);
      waiting[waitingCount++] = entry;
      while (waitingCount > 0) {
        int member = waiting[--waitingCount];
        long offset = rowsOffset(top) + member * LayersFormat.rowBytes(maxDegree);
        MemorySegment row = content.piece(offset, LayersFormat.rowBytes(maxDegree), scratch);
        int degree = row.getAtIndex(NativeMemory.INT, 0);
        for (int i = 1; i <= degree; i++) {
          int neighbour = row.getAtIndex(NativeMemory.INT, i);
          if (!reached.get(neighbour)) {
            reached.set(neighbour);
            waiting[waitingCount++] = neighbour;
          }
        }
      }
      for (int member = reached.nextClearBit(0);
          member < count;
          member = reached.nextClearBit(member + 1)) {
        add(
            Kind.UNREACHABLE,
            rowsOffset(top) + member * LayersFormat.rowBytes(maxDegree),
            "a path in the top layer from member=" + entry,
            "none to member=" + member);
      }
    }

    private void requireZero(long from, long to, MemorySegment scratch) throws IOException {
      MemorySegment padding = content.piece(from, to - from, scratch);
      for (long i = 0; i < padding.byteSize(); i++) {
        byte value = padding.get(NativeMemory.BYTE, i);
        if (value != 0) {
          add(Kind.FORMAT, from + i, "zero", String.valueOf(value));
        }
      }
    }

    private void compare(long[] memberOfNode, long vectors, int node, long address) {
      int at = Arrays.binarySearch(memberOfNode, (long) node << Integer.SIZE);
      at = at < 0 ? -1 - at : at;
      if (at == memberOfNode.length || node(memberOfNode[at]) != node) {
        return;
      }
      long offset = vectors + (memberOfNode[at] & 0xffffffffL) * vectorBytes;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = content.piece(offset, vectorBytes, arena.allocate(vectorBytes, 64));
        long differs =
            MemorySegment.mismatch(
                copy, 0, vectorBytes, NativeMemory.ALL, address, address + vectorBytes);
        if (differs >= 0) {
          add(
              Kind.DISAGREEMENT,
              offset + differs,
              "the vector of node=" + node + " in its page",
              "another");
        }
      } catch (IOException e) {
        add(Kind.UNREADABLE, offset, "readable bytes", e.toString());
      }
    }

    private void add(Kind kind, long payloadOffset, String expected, String found) {
      log.add(file.name(), kind, FileHeader.BYTES + payloadOffset, expected, found);
    }
  }
}
