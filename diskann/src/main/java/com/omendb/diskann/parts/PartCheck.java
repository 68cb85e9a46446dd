package com.omendb.diskann.parts;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.checking.CheckMemory;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.Content;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.Damage.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One part under check, with what was found before it.
///
/// @param manifest of the index
/// @param file the part's file; its length and header are right
/// @param content the payload, whose checksum is right; of a part that is read beside the pages,
///   nothing
/// @param pageCount pages of the base layer; -1 if they cannot be read
/// @param kept what parts that were checked before have kept for others, by part
/// @param memory of the check
/// @param log where damage goes
public record PartCheck(
    Manifest manifest,
    CheckedFile file,
    @Nullable Content content,
    long pageCount,
    Map<GraphPart<?>, Object> kept,
    CheckMemory memory,
    DamageLog log) {

  /// The payload.
  ///
  /// @throws IllegalStateException for a part that is read beside the pages
  public Content payload() {
    Content payload = content;
    if (payload == null) {
      throw new IllegalStateException("read beside the pages: file=" + file.name());
    }
    return payload;
  }

  /// Adds damage to the part.
  ///
  /// @param payloadOffset in the payload
  public void add(Kind kind, long payloadOffset, String expected, String found) {
    log.add(file.name(), kind, FileHeader.BYTES + payloadOffset, expected, found);
  }
}
