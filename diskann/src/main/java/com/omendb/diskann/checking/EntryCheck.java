package com.omendb.diskann.checking;

import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.Content;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.FileSpec;
import com.omendb.store.directory.Manifest;
import java.io.IOException;
import java.util.List;

/// What a kind of index adds to the base layer for searches to enter it, to be checked with the
/// rest.
public interface EntryCheck {
  /// The check of a kind that adds nothing.
  EntryCheck NONE =
      new EntryCheck() {
        @Override
        public List<FileSpec> files(Manifest manifest) {
          return List.of();
        }

        @Override
        public VectorCopies check(
            Manifest manifest, CheckedFile file, Content content, DamageLog log) {
          throw new IllegalArgumentException("not a file of this kind: file=" + file.name());
        }
      };

  /// The files that the kind adds.
  List<FileSpec> files(Manifest manifest);

  /// Checks the content of one of these files, whose checksum is right.
  ///
  /// @return what compares the vectors that the file repeats with those of the pages
  VectorCopies check(Manifest manifest, CheckedFile file, Content content, DamageLog log)
      throws IOException;

  /// Vectors that are in the pages too. Thread-safe.
  interface VectorCopies {
    /// Compares the vector of a node, if there is a copy of it, with that of the pages.
    ///
    /// @param vectorAddress native address of the vector in its page
    void compare(int node, long vectorAddress);
  }
}
