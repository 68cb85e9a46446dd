package com.omendb.tools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// Invariants: the picture is well-formed whatever the title; every point is inside the frame; more
/// reads are farther right and more recall is higher up.
class RecallPlotTest {

  private static Document parsed(RecallPlot plot) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(plot.svg())));
  }

  @Test
  void pointsLieWhereTheirFiguresSay() throws Exception {
    RecallPlot plot = new RecallPlot("a < b & \"c\"", 10);
    plot.add(50, 0.986, 19.2, 700);
    plot.add(20, 0.96, 13.6, 500);
    plot.add(30, 0.976, 15.8, 600);
    NodeList circles = parsed(plot).getElementsByTagName("circle");
    assertEquals(3, circles.getLength());
    double left = 0;
    double above = 1000;
    for (int i = 0; i < 3; i++) {
      Element circle = (Element) circles.item(i);
      double x = Double.parseDouble(circle.getAttribute("cx"));
      double y = Double.parseDouble(circle.getAttribute("cy"));
      assertTrue(x > left && x >= 70 && x <= 620, "x=" + x);
      assertTrue(y < above && y >= 40 && y <= 345, "y=" + y);
      left = x;
      above = y;
    }
  }

  @Test
  void searchesWithoutReadsAreShownByTime() throws Exception {
    RecallPlot plot = new RecallPlot("in memory", 10);
    plot.add(10, 0.2, 0, 90);
    plot.add(20, 1, 0, 180);
    assertEquals(2, parsed(plot).getElementsByTagName("circle").getLength());
    assertTrue(plot.svg().contains("microseconds a query"));
    assertThrows(IllegalStateException.class, () -> new RecallPlot("none", 10).svg());
  }
}
