/// Metrics of indexes and builds for operators: counters, gauges and latencies, without a
/// dependency. Start at [com.omendb.store.metrics.Metrics].
package com.omendb.store.metrics;
