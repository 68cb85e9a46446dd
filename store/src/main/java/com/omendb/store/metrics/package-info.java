/// What an index and a build tell whoever operates them: counters, gauges and latencies, without a
/// dependency. Start at [com.omendb.store.metrics.Metrics].
package com.omendb.store.metrics;
