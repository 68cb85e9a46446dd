package com.omendb.pq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pq.kinds.InstalledCodes;
import com.omendb.pq.product.ProductKind;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: the text of a code names it and no other; names of kinds are distinct and usable in
/// names of files; what an index keeps by default suits its vectors and is ascending.
class CodeKindsTest {
  private static final CodeKinds KINDS = InstalledCodes.KINDS;

  @Test
  void theTextOfACodeIsThatCode() {
    CodeSpec code = KINDS.parse("pq:48");
    assertEquals(new CodeSpec(ProductKind.PQ, 48), code);
    assertEquals("pq:48", code.text());
    assertEquals("code pq:48", "code " + code);
    assertEquals(code, KINDS.parse(code.text()));
    assertEquals("pq:48,pq:96", CodeSpec.text(List.of(code, KINDS.parse("pq:96"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "48", "pq", "pq:", "pq:-1", "pq:4 8", "pq:123456", "pq:48:48", "pq:48,pq:9"})
  void otherTextsAreRefused(String text) {
    assertRefused("code=" + text, () -> KINDS.parse(text));
  }

  @Test
  void unknownKindsAndEmptyCodesAreRefused() {
    assertRefused("known are pq: kind=rabitq", () -> KINDS.parse("rabitq:48"));
    assertRefused("code=pq:0", () -> KINDS.parse("pq:0"));
    assertRefused("code=pq:-3", () -> new CodeSpec(ProductKind.PQ, -3));
  }

  @Test
  void codesAreOrderedBySizeThenKind() {
    CodeKinds kinds = CodeKinds.of(ProductKind.PQ, new Named("a"));
    List<CodeSpec> codes = new ArrayList<>();
    for (String text : new String[] {"pq:48", "a:96", "a:48", "pq:9"}) {
      codes.add(kinds.parse(text));
    }
    Collections.sort(codes);
    assertEquals("pq:9,a:48,pq:48,a:96", CodeSpec.text(codes));
    assertEquals(ProductKind.PQ, kinds.first());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PQ", "p-q", "8bit", "overlongs", "p.q", "p:q"})
  void namesOfKindsAreUsableInFileNames(String name) {
    assertRefused("name=" + name, () -> CodeKinds.of(new Named(name)));
  }

  @Test
  void namesOfKindsAreDistinct() {
    assertRefused("name=pq", () -> CodeKinds.of(ProductKind.PQ, new Named("pq")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 48, 128, 384, 960, 8192})
  void usualCodesSuitTheDimensionAndAscend(int dimension) {
    List<CodeSpec> usual = ProductKind.PQ.usual(dimension);
    assertFalse(usual.isEmpty());
    assertTrue(usual.stream().allMatch(code -> code.suits(dimension)));
    assertEquals(usual.stream().sorted().distinct().toList(), usual);
  }

  @Test
  void productCodesHaveAtMostAByteADimension() {
    assertTrue(KINDS.parse("pq:8").suits(8));
    assertFalse(KINDS.parse("pq:9").suits(8));
    assertTrue(KINDS.parse("pq:512").suits(8192));
    assertFalse(KINDS.parse("pq:513").suits(8192));
  }

  private static void assertRefused(String ending, Runnable action) {
    Exception e = assertThrows(IllegalArgumentException.class, action::run);
    assertTrue(String.valueOf(e.getMessage()).endsWith(ending), e.getMessage());
  }

  /// A kind that has no more than a name.
  private record Named(String name) implements CodeKind {
    @Override
    public boolean suits(int bytes, int dimension) {
      return false;
    }

    @Override
    public List<CodeSpec> usual(int dimension) {
      return List.of();
    }

    @Override
    public long codebookBytes(int bytes, int dimension) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long distancesBytes(int bytes, int dimension) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long trainingBytes(VectorShape vectors, int bytes, CodeTraining training) {
      throw new UnsupportedOperationException();
    }

    @Override
    public VectorCode train(
        VectorSource vectors, int bytes, CodeTraining training, Progress progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public VectorCode read(int bytes, int dimension, boolean normalize, MemorySegment codebook) {
      throw new UnsupportedOperationException();
    }
  }
}
