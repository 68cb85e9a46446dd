package com.omendb.store;

import static com.omendb.vectors.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Invariants: codes are persistent and never change; codes and labels lead back to their value;
/// anything else is refused and named.
class EnumsTest {

  @Test
  void codesNeverChange() {
    assertEquals(1, ElementType.FLOAT32.code());
    assertEquals(2, ElementType.UINT8.code());
    assertEquals(3, ElementType.INT8.code());
    assertEquals(1, Metric.SQUARED_L2.code());
    assertEquals(2, Metric.INNER_PRODUCT.code());
    assertEquals(3, Metric.COSINE.code());
  }

  @Test
  void elementTypesAreFoundByCodeAndLabel() {
    for (ElementType type : ElementType.values()) {
      assertEquals(type, ElementType.ofCode(type.code()));
      assertEquals(type, ElementType.ofLabel(type.label()));
      assertEquals(type, ElementType.ofLabel(type.label().toUpperCase(Locale.ROOT)));
    }
    assertRefused("code=4", () -> ElementType.ofCode(4));
    assertRefused("elementType=float16", () -> ElementType.ofLabel("float16"));
  }

  @Test
  void metricsAreFoundByCodeLabelAndName() {
    for (Metric metric : Metric.values()) {
      assertEquals(metric, Metric.ofCode(metric.code()));
      assertEquals(metric, Metric.ofLabel(metric.label()));
      assertEquals(metric, Metric.ofLabel(metric.name().toLowerCase(Locale.ROOT)));
    }
    for (String name : new String[] {"euclidean", "L2", "squared-l2", "Squared Euclidean"}) {
      assertEquals(Metric.SQUARED_L2, Metric.ofLabel(name));
    }
    for (String name : new String[] {"dot", "IP", "inner-product", "max_inner_product"}) {
      assertEquals(Metric.INNER_PRODUCT, Metric.ofLabel(name));
    }
    for (String name : new String[] {"angular", "Cosine", "cos"}) {
      assertEquals(Metric.COSINE, Metric.ofLabel(name));
    }
    assertRefused("code=0", () -> Metric.ofCode(0));
    assertRefused("metric=hamming", () -> Metric.ofLabel("hamming"));
    assertRefused("euclidean", () -> Metric.ofLabel("hamming"));
    assertRefused("angular", () -> Metric.ofLabel("hamming"));
    assertRefused("inner_product", () -> Metric.ofLabel("hamming"));
  }

  @Test
  void residenciesAndReadEnginesAreFoundByLabel() {
    for (Residency residency : Residency.values()) {
      assertEquals(residency, Residency.ofLabel(residency.label()));
      assertEquals(residency, Residency.ofLabel(residency.name()));
    }
    for (ReadEngine engine : ReadEngine.values()) {
      assertEquals(engine, ReadEngine.ofLabel(engine.label()));
      assertEquals(engine, ReadEngine.ofLabel(engine.name()));
    }
    assertRefused("residency=some", () -> Residency.ofLabel("some"));
    assertRefused("engine=uring", () -> ReadEngine.ofLabel("uring"));
  }

  @Test
  void buildMethodsAreFoundByLabel() {
    for (BuildMethod method : BuildMethod.values()) {
      assertEquals(method, BuildMethod.ofLabel(method.label()));
      assertEquals(method, BuildMethod.ofLabel(method.label().toUpperCase(Locale.ROOT)));
    }
    assertRefused("method=random, known: leaf, vamana", () -> BuildMethod.ofLabel("random"));
  }

  @Test
  void vectorBytesCountElements() {
    assertEquals(512, ElementType.FLOAT32.vectorBytes(128));
    assertEquals(128, ElementType.UINT8.vectorBytes(128));
    assertEquals(128, ElementType.INT8.vectorBytes(128));
    assertThrows(ArithmeticException.class, () -> ElementType.FLOAT32.vectorBytes(1 << 30));
  }
}
