package com.omendb.store.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Space;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A runner of so many lanes whose searches are done after some advances.
class TestRunner implements QueryRunner {
  static final SearchResult RESULT =
      new SearchResult(new long[0], new float[0], SearchStats.builder().build());

  static final QueryForm FORM = new QueryForm(new Space(Metric.SQUARED_L2, ElementType.INT8, 1));

  private final int lanes;
  private final int advances;
  private final ArrayDeque<QueryCall> calls = new ArrayDeque<>();
  private int advanced;
  boolean broken;
  int closed;

  TestRunner(int lanes, int advances) {
    this.lanes = lanes;
    this.advances = advances;
  }

  @Override
  public boolean hasIdleLane() {
    return calls.size() < lanes;
  }

  @Override
  public void start(QueryCall call) {
    assertTrue(hasIdleLane());
    assertEquals(0, closed);
    if (advances == 0) {
      call.complete(RESULT);
    } else {
      calls.add(call);
    }
  }

  @Override
  public void advance() {
    if (!calls.isEmpty() && ++advanced % advances == 0) {
      calls.remove().complete(RESULT);
    }
  }

  @Override
  public boolean isBroken() {
    return broken;
  }

  @Override
  public void check(SearchRequest request) {}

  @Override
  public @Nullable QueryCall underWay() {
    return calls.peek();
  }

  @Override
  public void breakDown(Throwable why) {
    broken = true;
    while (!calls.isEmpty()) {
      calls.remove().fail(why);
    }
  }

  @Override
  public void close() {
    closed++;
  }
}
