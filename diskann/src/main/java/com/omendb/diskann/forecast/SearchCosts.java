package com.omendb.diskann.forecast;

import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.diskann.parts.PagesPart;
import com.omendb.pq.CodeSpec;
import com.omendb.store.Residency;
import com.omendb.store.ServingForecast.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What searches would cost: the measured reads for a residency and a size of codes, more for more
/// vectors and for larger records.
final class SearchCosts {
  private SearchCosts() {}

  /// The costs at each of the measured recalls.
  ///
  /// @param coarse over what the coarse graph goes
  /// @param code in memory; none if all vectors are there
  static List<Point> of(
      IndexSizes index, CoarseGraph coarse, Residency residency, Optional<CodeSpec> code) {
    double byCount = growth(index.shape().count());
    double byRecord =
        Math.pow(
            recordBytes(index.shape().vectorBytes(), index.options().maxDegree())
                / recordBytes(Measured.VECTOR_BYTES, Measured.MAX_DEGREE),
            Measured.RECORD_POWER);
    double share = (double) code.map(CodeSpec::bytes).orElse(0) / index.shape().dimension();
    double[][] measured = Measured.reads(residency, coarse);
    double[] atMeasuredCodes = measured[Measured.measuredCodes(residency)];
    double[] micros = Measured.micros(residency, coarse);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < Measured.RECALLS.length; i++) {
      double reads = atShare(measured, i, share) * byCount * byRecord;
      double work = atMeasuredCodes[i] == 0 ? byCount * byRecord : reads / atMeasuredCodes[i];
      points.add(new Point(Measured.RECALLS[i], reads, micros[i] * work));
    }
    return points;
  }

  // At the measured count: what records grow with the count is in the growth of the reads.
  private static double recordBytes(double vectorBytes, double maxDegree) {
    return vectorBytes + PagesPart.RECORD_BYTES + PagesPart.measuredEdgeBytes(maxDegree);
  }

  private static double growth(long count) {
    double doublings = Math.log(count / Measured.COUNT) / Math.log(2);
    return Math.max(0.5, 1 + Measured.READ_GROWTH * doublings);
  }

  // Between the measured shares in a straight line, beyond them as at the nearest.
  private static double atShare(double[][] measured, int recall, double share) {
    double[] shares = Measured.CODE_SHARES;
    if (share <= shares[0]) {
      return measured[0][recall];
    }
    for (int i = 1; i < shares.length; i++) {
      if (share <= shares[i]) {
        double part = (share - shares[i - 1]) / (shares[i] - shares[i - 1]);
        return measured[i - 1][recall] + part * (measured[i][recall] - measured[i - 1][recall]);
      }
    }
    return measured[shares.length - 1][recall];
  }
}
