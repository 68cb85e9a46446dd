package com.omendb.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.tools.testing.JsonReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// JSON: one line, valid whatever the text, numbers without exponents or trailing zeros.
final class JsonObjectTest {
  @Test
  void writesFieldsInOrder() {
    JsonObject object =
        new JsonObject()
            .put("text", "a")
            .put("whole", 9_007_199_254_740_993L)
            .put("truth", true)
            .put("number", 0.96250, 4)
            .put("nested", new JsonObject().put("L", 30))
            .put("objects", List.of(new JsonObject(), new JsonObject().put("a", 1)))
            .put("ids", new long[] {3, -1})
            .put("distances", new float[] {0.5f, 2e10f, Float.NaN});
    assertEquals(
        "{\"text\":\"a\",\"whole\":9007199254740993,\"truth\":true,\"number\":0.9625,"
            + "\"nested\":{\"L\":30},\"objects\":[{},{\"a\":1}],\"ids\":[3,-1],"
            + "\"distances\":[0.5,2.0E10,null]}",
        object.toString());
    JsonReader.object(object.toString());
  }

  @Test
  void escapesWhatJsonForbids() {
    String text = "\"\\\n\r\t\u0001\ud800 \u00fc";
    JsonObject object = new JsonObject().put("a\"b", text);
    assertEquals("{\"a\\\"b\":\"\\\"\\\\\\n\\r\\t\\u0001\\ud800 \u00fc\"}", object.toString());
    JsonReader.object(object.toString());
  }

  @Test
  void roundsNumbers() {
    JsonObject object =
        new JsonObject()
            .put("zero", -0.00001, 3)
            .put("large", 1e12, 2)
            .put("half", 2.5, 0)
            .put("none", Double.POSITIVE_INFINITY, 2);
    Map<String, String> fields = JsonReader.object(object.toString());
    assertEquals(
        Map.of("zero", "0", "large", "1000000000000", "half", "2", "none", "null"), fields);
  }
}
