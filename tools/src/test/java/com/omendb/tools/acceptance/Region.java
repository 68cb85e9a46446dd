package com.omendb.tools.acceptance;

import com.omendb.pagecache.file.FileHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a byte of a file of an index is for, by docs/FORMAT.md and not by the readers' code.
enum Region {
  MANIFEST("manifest"),
  HEADER("header"),
  HEADER_PADDING("header, padding"),
  PAGE_HEAD("page: checksum, number, table"),
  RECORD("page: records"),
  PAGE_PADDING("page, padding"),
  PAYLOAD("payload");

  private final String label;

  Region(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /// The region of a byte.
  static Region of(String name, byte[] file, int offset) {
    if (name.equals("manifest.omen")) {
      return MANIFEST;
    }
    if (offset < FileHeader.BYTES) {
      int fields = little(file).getInt(44);
      boolean used = offset < 48 + 8 * fields || offset >= FileHeader.BYTES - 4;
      return used ? HEADER : HEADER_PADDING;
    }
    int pageBytes = little(file).getInt(12);
    if (pageBytes == 0) {
      return PAYLOAD;
    }
    if (offset < pageBytes) {
      return HEADER_PADDING;
    }
    int page = offset / pageBytes * pageBytes;
    int within = offset - page;
    int records = Short.toUnsignedInt(little(file).getShort(page + 12));
    if (within < 16 + 2 * records) {
      return PAGE_HEAD;
    }
    for (int at = offset; at < page + pageBytes; at++) {
      if (file[at] != 0) {
        return RECORD;
      }
    }
    return PAGE_PADDING;
  }

  private static ByteBuffer little(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }
}
