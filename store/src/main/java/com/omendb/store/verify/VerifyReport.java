package com.omendb.store.verify;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/// What a check of an index found.
///
/// @param directory of the index
/// @param kind kind of the index; empty if the manifest does not say
/// @param isFull whether all bytes were checked, not only lengths and headers
/// @param files the files that the index consists of, in order of their names
/// @param damages the first things found wrong, by file and offset
/// @param damageCount how many were found; more than are listed if they are many
/// @param damagedPages every damaged page of `base.pages`, listed above or not
/// @param notes what was not checked and why, and what lies about that belongs to no index
/// @param readBytes bytes read
public record VerifyReport(
    Path directory,
    String kind,
    boolean isFull,
    List<FileCheck> files,
    List<Damage> damages,
    long damageCount,
    BitSet damagedPages,
    List<String> notes,
    long readBytes) {

  /// A file of the index.
  ///
  /// @param name within the index
  /// @param bytes that the index says it has
  /// @param damageCount things found wrong with it
  public record FileCheck(String name, long bytes, long damageCount) {}

  /// Copies what could change.
  public VerifyReport {
    files = List.copyOf(files);
    damages = List.copyOf(damages);
    notes = List.copyOf(notes);
    damagedPages = (BitSet) damagedPages.clone();
  }

  /// {@return a copy of the set of damaged pages}
  @Override
  public BitSet damagedPages() {
    return (BitSet) damagedPages.clone();
  }

  /// {@return whether nothing is wrong}
  public boolean isWhole() {
    return damageCount == 0;
  }
}
