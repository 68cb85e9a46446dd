package com.omendb.diskann.leaf;

/// Takes the candidate edges that one worker thread finds; every worker has a sink of its own.
///
/// The same candidate may be added to a node many times, from several leaves and by several sinks.
/// A node never is its own candidate.
public interface CandidateSink extends AutoCloseable {

  /// Offers the first `count` candidates to a node. The arrays belong to the caller and are
  /// overwritten after the call.
  ///
  /// @param distances approximations of the graph's distances that only rank the candidates of all
  ///   nodes on one scale; not negative
  void add(int node, int[] candidates, float[] distances, int count);

  /// Ends the candidates. Called once, after the last [#add] of all workers, by the thread that
  /// started them; also if they failed.
  @Override
  void close();
}
