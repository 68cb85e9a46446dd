package com.omendb.pq;

/// Where a code is not that of its vector, in words for people.
///
/// @param at byte within the code
/// @param place the same in terms of the code, such as `subspace=3`
/// @param expected what should be there
/// @param found the code in the file
public record CodeMismatch(int at, String place, String expected, String found) {}
