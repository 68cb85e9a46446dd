package com.omendb.store.verify;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/// What a check of an index found.
///
/// @param directory of the index
/// @param kind kind of the index; empty if the manifest does not say
/// @param isFull whether all bytes were checked, not only lengths and headers
/// @param files the files of the index, by name
/// @param damages the first damages found, by file and offset
/// @param damageCount number of all damages, those that are not listed included
/// @param damagedPages every damaged page of `base.pages`, even if its damage is not listed
/// @param notes what was not checked and why, and files in the directory that belong to no index
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
  /// @param bytes its length according to the manifest
  /// @param damageCount damages found in it
  public record FileCheck(String name, long bytes, long damageCount) {}

  /// Copies the collections.
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
