package com.omendb.diskann.parts;

import com.omendb.diskann.format.ListRules;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.checking.CheckMemory;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.Content;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.checking.Tasks;
import com.omendb.store.verify.Damage.Kind;
import java.io.IOException;
import java.util.List;

/// Checks the lists of a graph file against the format, on several threads.
final class GraphFileCheck {
  /// Broken lists that are reported for one file: a file that breaks the format does so everywhere.
  private static final int MAX_REPORTED = 100;

  private GraphFileCheck() {}

  static void run(CheckedFile file, Content content, CheckMemory memory, DamageLog log)
      throws IOException {
    int vertexCount = (int) file.header().field(0);
    int baseBits = (int) file.header().field(2);
    ListRules rules;
    try {
      rules = new ListRules(vertexCount, (int) file.header().field(1), baseBits, content.bytes());
    } catch (IllegalArgumentException e) {
      log.add(file.name(), Kind.HEADER, 0, "a codec of lists", "baseBits=" + baseBits);
      return;
    }
    Tasks.run(
        memory.threads(),
        rules.stretchCount(),
        (worker, stretch) -> {
          List<ListRules.Flaw> flaws =
              rules.check(
                  (int) stretch,
                  (offset, bytes, within) ->
                      content.piece(offset, bytes, memory.scratch(worker).asSlice(within)));
          for (ListRules.Flaw flaw : flaws) {
            if (log.count(file.name()) < MAX_REPORTED) {
              log.add(
                  file.name(),
                  flaw.isEdge() ? Kind.EDGE : Kind.FORMAT,
                  FileHeader.BYTES + flaw.offset(),
                  flaw.expected(),
                  flaw.found());
            }
          }
        });
  }
}
