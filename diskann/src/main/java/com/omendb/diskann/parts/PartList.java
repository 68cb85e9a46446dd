package com.omendb.diskann.parts;

import com.omendb.errors.CorruptFileException;
import com.omendb.pq.CodeSpec;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The parts of an index over a Vamana graph, and who makes them: those that every kind has, and
/// those that a kind adds. Everything that goes over the files of an index goes over this list.
///
/// Immutable and thread-safe.
public final class PartList {
  private static final PagesPart PAGES = new PagesPart();
  private static final DirectoryPart DIRECTORY = new DirectoryPart();
  private static final ThinGraphPart THIN_GRAPH = new ThinGraphPart();
  private static final GroupGraphPart GROUP_GRAPH = new GroupGraphPart();
  private static final PageGraphPart PAGE_GRAPH = new PageGraphPart(DIRECTORY);

  private final CoarseGraph coarse;
  private final List<CodesMaker> codes;
  private final List<PartMaker> makers = new ArrayList<>();
  private final List<GraphPart<?>> parts = new ArrayList<>();
  private final List<GraphPart<?>> added = new ArrayList<>();

  private PartList(CoarseGraph coarse, List<CodesMaker> codes, List<PartMaker> addedMakers) {
    this.coarse = coarse;
    this.codes = codes;
    makers.add(new PagesMaker(PAGES, DIRECTORY));
    makers.add(THIN_GRAPH);
    makers.add(coarsePart());
    makers.addAll(codes);
    makers.addAll(addedMakers);
    makers.forEach(maker -> parts.addAll(maker.parts()));
    addedMakers.forEach(maker -> added.addAll(maker.parts()));
  }

  /// The parts of an index that keeps some codes, ascending.
  ///
  /// @param coarse over what its coarse graph goes
  /// @param added who makes what the kind of index adds
  public static PartList of(
      List<CodeSpec> codes, CoarseGraph coarse, List<? extends PartMaker> added) {
    return new PartList(
        coarse,
        codes.stream().map(code -> CodesMaker.of(code, coarse, DIRECTORY)).toList(),
        List.copyOf(added));
  }

  private ListsPart coarsePart() {
    return coarse == CoarseGraph.PAGES ? PAGE_GRAPH : GROUP_GRAPH;
  }

  /// Over what the coarse graph goes.
  public CoarseGraph coarse() {
    return coarse;
  }

  /// The pages of the base layer.
  public PagesPart pages() {
    return PAGES;
  }

  /// Their directory.
  public DirectoryPart directory() {
    return DIRECTORY;
  }

  /// The graph over all nodes with fewer edges.
  public ThinGraphPart thinGraph() {
    return THIN_GRAPH;
  }

  /// The graph that leads searches to the pages where something lies in memory: none where the
  /// graph is walked through the pages, or all vectors are in memory.
  public Optional<ListsPart> leading(Residency residency) {
    return switch (residency) {
      case PAGES, ALL -> Optional.empty();
      case GROUPS -> Optional.of(coarsePart());
      case GRAPH -> Optional.of(THIN_GRAPH);
    };
  }

  /// The codes, the smallest first.
  public List<CodesPart> codes() {
    return codes.stream().map(CodesMaker::codes).toList();
  }

  /// The codes of page means that go with some codes, where the coarse graph needs them.
  public Optional<MeansPart> means(CodesPart part) {
    return coarse == CoarseGraph.PAGES
        ? Optional.of(new MeansPart(part.codebook()))
        : Optional.empty();
  }

  /// Which codes these are.
  public List<CodeSpec> codeSpecs() {
    return codes.stream().map(CodesMaker::code).toList();
  }

  /// All parts, in the order in which they are made.
  public List<GraphPart<?>> all() {
    return List.copyOf(parts);
  }

  /// Those that the kind of index adds.
  public List<GraphPart<?>> added() {
    return List.copyOf(added);
  }

  /// Who makes them, in order.
  public List<PartMaker> makers() {
    return List.copyOf(makers);
  }

  /// The part with a file of this name.
  public Optional<GraphPart<?>> named(String file) {
    for (GraphPart<?> part : parts) {
      if (part.name().equals(file)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  /// Checks that the files that a manifest names are these parts: one that is missing would not be
  /// checked, and one that is not known may change what the others mean.
  ///
  /// @throws CorruptFileException if not
  public void require(Manifest manifest, Path directoryOfIndex) throws CorruptFileException {
    TreeSet<String> known = new TreeSet<>();
    parts.forEach(part -> known.add(part.name()));
    manifest.requireExactly(known, directoryOfIndex);
  }
}
