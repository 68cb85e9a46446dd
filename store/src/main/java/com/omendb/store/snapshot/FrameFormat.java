package com.omendb.store.snapshot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// LZ4 frames as archives hold them (LZ4 frame format 1.6): independent blocks of 1 MiB, each with
/// its checksum, and the size of the content; no dictionary, no checksum of the content, which the
/// manifest has already.
///
/// Only the pure Java codecs that check every access are used: archives may be hostile.
final class FrameFormat {
  /// Magic number of a frame of data.
  static final int FRAME = 0x184D2204;

  /// Magic number of the skippable frame that is an archive's head.
  static final int HEAD_FRAME = 0x184D2A50;

  /// Magic number of the skippable frame that is an archive's tail.
  static final int TAIL_FRAME = 0x184D2A5E;

  /// Content of every block but the last of a frame.
  static final int BLOCK_BYTES = 1 << 20;

  /// Magic, FLG, BD, content size, checksum of the three.
  static final int HEADER_BYTES = 15;

  /// Version 01, independent blocks, block checksums, content size.
  static final byte FLG = 0x78;

  /// Blocks of up to 1 MiB.
  static final byte BD = 0x60;

  /// Set in the size of a block that is stored as it is.
  static final int STORED = 1 << 31;

  /// A byte of an LZ4 block stands for at most so many bytes of content.
  static final long MAX_EXPANSION = 255;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final XXHash32 HASH = XXHashFactory.safeInstance().hash32();

  private FrameFormat() {}

  static LZ4Compressor compressor() {
    return LZ4Factory.safeInstance().fastCompressor();
  }

  static LZ4SafeDecompressor decompressor() {
    return LZ4Factory.safeInstance().safeDecompressor();
  }

  static int hash(byte[] bytes, int from, int count) {
    return HASH.hash(bytes, from, count, 0);
  }

  static int getInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  /// The header of a frame with so much content.
  static byte[] header(long contentBytes) {
    byte[] header = new byte[HEADER_BYTES];
    putInt(header, 0, FRAME);
    header[4] = FLG;
    header[5] = BD;
    putLong(header, 6, contentBytes);
    header[14] = (byte) (hash(header, 4, 10) >>> 8);
    return header;
  }
}
